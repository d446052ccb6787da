use std::collections::HashMap;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use catalogue::{AssetFields, NewAsset, Priority, Reach};
use model::{AssetId, MediaType};

use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    composites::{is_composite, register_composites},
    error::{During, Error},
    fields::Fields,
    hydra::{Batch, Document, Saved},
    images::{Subject, check_is_ours, effective, put_fields},
    members::{Member, by_asset, members},
    urls::Urls,
};

/// `POST /customers/{customer}/queue`: registers a batch of assets, or of documents whose pages become assets; all or none.
pub(crate) async fn post_queue(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    JsonBody(mut body): JsonBody,
) -> Result<Response, Error> {
    let members = members(&mut body, management.config.max_batch)?;
    if members.iter().any(is_composite) {
        return register_composites(&management, &urls, &reach, members).await;
    }
    let batch = register(&management, &urls, (reach, Priority::Normal), members).await?;
    Ok(batch.into_response())
}

/// `POST /customers/{customer}/queue/priority`: the same for images that come before others.
pub(crate) async fn post_priority_queue(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    JsonBody(mut body): JsonBody,
) -> Result<Saved<Batch>, Error> {
    let members = members(&mut body, management.config.max_batch)?;
    if members.iter().any(is_composite) {
        return Err(Error::invalid("The priority queue takes images only"));
    }
    register(&management, &urls, (reach, Priority::Priority), members).await
}

async fn register(
    management: &Management,
    urls: &Urls,
    (reach, priority): (Reach, Priority),
    members: Vec<Member>,
) -> Result<Saved<Batch>, Error> {
    let members = by_asset(members, &reach, None)?;
    let place = |id: &AssetId| format!("{}/{}", id.space, id.name());
    let (assets, faults) = new_assets(management, members, priority, place).await?;
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let now = management.now();
    let batch = management.catalogue.register_batch(reach.customer, &assets, priority, now).await;
    Ok(Document::new(urls, Batch::of(batch.during("Create batch")?, urls)).saved(true))
}

/// What members say of their assets, and all that is wrong with it; `place` says where an asset was named.
pub(crate) async fn new_assets(
    management: &Management,
    members: Vec<(AssetId, Fields)>,
    priority: Priority,
    place: impl Fn(&AssetId) -> String,
) -> Result<(Vec<NewAsset>, Vec<String>), Error> {
    let ids: Vec<_> = members.iter().map(|(id, _)| id.clone()).collect();
    let stored = management.catalogue.assets_by_id(&ids).await?;
    let stored: HashMap<_, _> = stored.iter().map(|asset| (&asset.id, asset)).collect();
    let (mut assets, mut faults) = (Vec::with_capacity(ids.len()), Vec::new());
    for (id, fields) in members {
        let stored = stored.get(&id).copied();
        let subject = Subject { id: &id, stored, config: &management.config };
        match asset_fields(fields, &subject, priority) {
            Ok(fields) => assets.push(NewAsset { id, fields }),
            Err(Error::Invalid(found)) => {
                let place = place(&id);
                faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((assets, faults))
}

/// What a member says of its asset.
fn asset_fields(
    mut fields: Fields,
    subject: &Subject<'_>,
    priority: Priority,
) -> Result<AssetFields, Error> {
    subject.stored.map_or(Ok(()), check_is_ours)?;
    if fields.has("file") {
        fields.fault("'file' can only be sent with PUT or POST of one image");
    }
    let fields = put_fields(fields, subject, false)?;
    let is_image = |media_type: &MediaType| media_type.is_image();
    if priority == Priority::Priority
        && !effective(&fields.media_type, subject).is_some_and(is_image)
    {
        return Err(Error::invalid("The priority queue takes images only"));
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        ManagementConfig,
        testing::{Api, Client, jpeg, on_every_database, on_every_database_with},
    };

    const QUEUE: &str = "/customers/2/queue";

    fn member(id: &str, changes: Value) -> Value {
        let mut member = jpeg(changes);
        member["id"] = json!(id);
        if member.get("space").is_none() {
            member["space"] = json!(1);
        }
        member
    }

    async fn post(client: &Client, path: &str, members: Value) -> crate::testing::Answer {
        client.post(path, json!({"@context": "Collection", "member": members})).await
    }

    #[tokio::test]
    async fn a_batch_is_answered_with_its_counts_and_links() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let answer =
                post(&librarian, QUEUE, json!([member("a", json!({})), member("b", json!({}))]))
                    .await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
            let url = "https://api.example.org/customers/2/queue/batches/1";
            assert_eq!(answer.header("location"), url);
            let mut body = answer.body;
            assert!(body["submitted"].as_str().unwrap().ends_with('Z'));
            body.as_object_mut().unwrap().shift_remove("submitted");
            assert_eq!(
                body,
                json!({
                    "@context": "https://api.example.org/contexts/Batch.jsonld",
                    "@id": url,
                    "@type": "vocab:Batch",
                    "count": 2, "completed": 0, "errors": 0, "superseded": false,
                    "images": format!("{url}/images"), "assets": format!("{url}/assets"),
                    "errorImages": format!("{url}/errors"), "test": format!("{url}/test"),
                })
            );
            let image = librarian.get("/customers/2/spaces/1/images/a").await.body;
            assert_eq!((&image["batch"], &image["ingesting"]), (&json!(url), &json!(true)));
        })
        .await;
    }

    #[tokio::test]
    async fn what_real_clients_send_is_accepted() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({
                "@context": "http://www.w3.org/ns/hydra/context.jsonld", "@type": "hydra:Collection",
                "total_items": 3, "Member": [
                    member("2/1/a", json!({"string1": "b1", "number1": "1", "text": "x",
                        "textType": "alto", "maxUnauthorised": -1, "roles": [], "tags": [],
                        "deliveryChannels": [{"channel": "iiif-img", "policy": "use-original"},
                            {"channel": "thumbs"}, {"channel": "file", "policy": "none"}]})),
                    member("b", json!({"space": "1", "family": "I", "deliveryChannels": ["file"]})),
                    member("c", json!({"@type": "vocab:Image", "mediaType": "video/mp4",
                        "deliveryChannels": [{"channel": "iiif-av", "policy": null}]})),
                ]
            });
            let answer = librarian.post(QUEUE, body).await;
            assert_eq!((answer.status.as_u16(), &answer.body["count"]), (201, &json!(3)), "{}", answer.detail());
            let first = librarian.get("/customers/2/spaces/1/images/a").await.body;
            assert_eq!((&first["string1"], &first["number1"]), (&json!("b1"), &json!(1)));
        })
        .await;
    }

    #[tokio::test]
    async fn every_problem_of_every_member_is_named_and_nothing_is_registered() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let members = json!([
                member("good", json!({})),
                member("none", json!({"mediaType": null, "origin": null})),
                member("wide", json!({"width": 7, "file": "AAAA"})),
            ]);
            let answer = post(&librarian, QUEUE, members).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.body["title"]),
                (400, &json!("Bad request"))
            );
            assert_eq!(
                answer.detail(),
                "1/none: Asset Origin must be supplied. 1/none: Media type must be specified. \
                 1/wide: 'file' can only be sent with PUT or POST of one image. \
                 1/wide: Should not include width"
            );
            let members = json!([member("good", json!({})), member("far", json!({"space": 9}))]);
            let answer = post(&librarian, QUEUE, members).await;
            assert_eq!(answer.body["title"], "Create batch: Validation failed");
            assert_eq!(answer.detail(), "9/far: Target space 9 does not exist");
            let images = librarian.get("/customers/2/spaces/1/images").await;
            assert_eq!(images.body["totalItems"], 0);
        })
        .await;
    }

    #[tokio::test]
    async fn a_batch_has_members_each_once_and_no_more_than_configured() {
        let config = ManagementConfig { max_batch: 2, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            let one = || member("a", json!({}));
            for (members, detail) in [
                (json!([]), "Members cannot be empty"),
                (json!(null), "Members cannot be empty"),
                (json!([one(), one()]), "Members contains 1 duplicate Id(s): Id:a,Space:1"),
                (json!([one(), one(), one()]), "Maximum assets in single batch is 2"),
                (
                    json!([{"space": 1}, {"id": "a"}]),
                    "Member 1: Asset Id cannot be empty. Member 2: Space cannot be empty",
                ),
            ] {
                let answer = post(&librarian, QUEUE, members.clone()).await;
                assert_eq!((answer.status.as_u16(), answer.detail()), (400, detail), "{members}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn the_priority_queue_takes_images_only_and_has_them_done_first() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let priority = format!("{QUEUE}/priority");
            post(&librarian, QUEUE, json!([member("slow", json!({}))])).await;
            let video = json!([member("v", json!({"mediaType": "video/mp4"}))]);
            let answer = post(&librarian, &priority, video).await;
            assert_eq!(answer.detail(), "1/v: The priority queue takes images only");
            let answer = post(&librarian, &priority, json!([member("fast", json!({}))])).await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
            assert_eq!(first_job(&api).await, "fast");
        })
        .await;
    }

    async fn first_job(api: &Api) -> String {
        let (kinds, lease) = ([catalogue::JobKind::IngestImage], std::time::Duration::from_secs(9));
        let later = time::OffsetDateTime::from_unix_timestamp(4_000_000_000).unwrap();
        let job = api.catalogue.claim_job(&kinds, "test", lease, later).await.unwrap();
        job.unwrap().asset.name().to_owned()
    }
}
