use std::collections::HashMap;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use catalogue::{NewAsset, Priority};
use model::AssetId;
use serde_json::json;

use super::{post_queue::asset_fields, sheet};
use crate::{
    Management,
    body::TableBody,
    caller::Tenant,
    error::{During, Error},
    hydra::{Batch, Document},
    images::Subject,
    members::{Member, asset_of},
    query::Query,
    urls::Urls,
};

/// `POST /customers/{customer}/queue/csv`: registers a table of assets as one batch, all or none of them; with
/// `dryRun=true` it is only looked at.
pub(crate) async fn post_csv(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    query: Query,
    TableBody(table): TableBody,
) -> Result<Response, Error> {
    let is_dry_run = query.get("dryRun").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let assets = new_assets(&management, customer, sheet::members(&table)?).await?;
    if is_dry_run {
        return Ok(Json(json!({ "count": assets.len(), "errors": 0 })).into_response());
    }
    let (catalogue, now) = (&management.catalogue, management.now());
    let batch = catalogue.register_batch(customer, &assets, Priority::Normal, now).await;
    let batch = Batch::of(batch.during("Create batch")?, &urls);
    Ok(Document::new(&urls, batch).saved(true).into_response())
}

/// What is to be registered, or everything that is wrong with it, line by line.
async fn new_assets(
    management: &Management,
    customer: u32,
    members: Vec<Member>,
) -> Result<Vec<NewAsset>, Error> {
    let (mut named, mut faults) = (Vec::with_capacity(members.len()), Vec::new());
    let mut places: HashMap<AssetId, String> = HashMap::new();
    for Member { fields, place } in members {
        match asset_of(&fields, customer, None) {
            Ok(id) => match places.get(&id) {
                Some(first) => faults.push(format!("{place}: {id} is on {first} already")),
                None => {
                    places.insert(id.clone(), place);
                    named.push((id, fields));
                }
            },
            Err(fault) => faults.push(format!("{place}: {fault}")),
        }
    }
    let ids: Vec<_> = named.iter().map(|(id, _)| id.clone()).collect();
    let stored = management.catalogue.assets_by_id(&ids).await?;
    let stored: HashMap<_, _> = stored.iter().map(|asset| (&asset.id, asset)).collect();
    let mut assets = Vec::with_capacity(named.len());
    for (id, fields) in named {
        let stored = stored.get(&id).copied();
        let subject = Subject { id: &id, stored, config: &management.config };
        match asset_fields(fields, &subject, Priority::Normal) {
            Ok(fields) => assets.push(NewAsset { id, fields }),
            Err(Error::Invalid(found)) => {
                let place = &places[&id];
                faults.extend(found.into_iter().map(|fault| format!("{place}: {fault}")));
            }
            Err(error) => return Err(error),
        }
    }
    let now = management.now();
    for (id, fault) in management.catalogue.faults_of_batch(customer, &assets, now).await? {
        faults.push(format!("{}: {fault}", places[&id]));
    }
    if faults.is_empty() { Ok(assets) } else { Err(Error::Invalid(faults)) }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{Answer, Client, ids, on_every_database};

    const OLD: &str = "Type,Line,Space,ID,Origin,Reference1,Reference2,Reference3,Tags,Roles,\
        MaxUnauthorised,NumberReference1,NumberReference2,NumberReference3\n";

    async fn post(client: &Client, query: &str, csv: &str) -> Answer {
        client.send(Method::POST, &format!("/customers/2/queue/csv{query}"), csv.to_owned()).await
    }

    #[tokio::test]
    async fn a_table_of_the_old_portal_becomes_a_batch() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let csv = format!(
                "{OLD}Image,1,1,a,https://x.example.org/a.tif,MS 1,,,\"map, plan\",,-1,1,,\r\n\
                 Image,2,1,b,https://x.example.org/b.JPG?v=1,\"MS \"\"1\"\"\",,,,,,2,,\r\n"
            );
            let dry = post(&librarian, "?dryRun=true", &csv).await;
            assert_eq!((dry.status.as_u16(), dry.body), (200, json!({"count": 2, "errors": 0})));
            assert_eq!(ids(&librarian.get("/customers/2/allImages").await), "");

            let batch = post(&librarian, "", &csv).await;
            assert_eq!(
                (batch.status.as_u16(), &batch.body["count"]),
                (201, &json!(2)),
                "{}",
                batch.detail()
            );
            let a = librarian.get("/customers/2/spaces/1/images/a").await.body;
            assert_eq!(
                (&a["mediaType"], &a["tags"]),
                (&json!("image/tiff"), &json!(["map", "plan"]))
            );
            assert_eq!((&a["string1"], &a["number1"]), (&json!("MS 1"), &json!(1)));
            let b = librarian.get("/customers/2/spaces/1/images/b").await.body;
            assert_eq!(
                (&b["mediaType"], &b["string1"]),
                (&json!("image/jpeg"), &json!("MS \"1\""))
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_table_of_the_new_portal_says_the_media_type() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let csv = "\u{feff}Line,ID,MediaType,Space,Origin,Reference1,Number1\n\
                       1,v,video/mp4,1,https://x.example.org/v,film,7\n";
            let batch = post(&librarian, "", csv).await;
            assert_eq!(batch.status, 201, "{}", batch.detail());
            let v = librarian.get("/customers/2/spaces/1/images/v").await.body;
            assert_eq!((&v["family"], &v["number1"]), (&json!("T"), &json!(7)));
        })
        .await;
    }

    #[tokio::test]
    async fn everything_that_is_wrong_is_told_with_its_line() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let good = "1,a,https://x.example.org/a.tif,\n";
            for (csv, detail) in [
                ("", "Line 1: the column 'ID' is missing. Line 1: the column 'Space' is missing"),
                ("Space,ID,Origin\n", "Members cannot be empty"),
                ("Space,ID,Origin,Colour\n1,a,x,red\n", "Line 1: there is no column called 'Colour'"),
                ("Space,ID,ID,Origin\n", "Line 1: two columns fill the same as 'ID'"),
                ("Space,ID,Origin\n1,a,https://x.org/a.tif,?\n", "Line 2: it has 4 columns, and the header has 3"),
                (&format!("Space,ID,Origin,Number1\n{good},b,https://x.example.org/b.tif,\n"),
                    "Line 3: Space cannot be empty"),
                (&format!("Space,ID,Origin,Number1\n{good}1,,,\n{good}"),
                    "Line 3: Asset Id cannot be empty. Line 4: 2/1/a is on Line 2 already"),
                (&format!("Space,ID,Origin,Number1\n{good}1,b,https://x.example.org/b,x\n9,c,https://x.org/c.png,1\n"),
                    "Line 3: 'number1' must be a whole number from -9223372036854775808 to \
                     9223372036854775807. Line 3: Media type must be specified. \
                     Line 4: Target space 9 does not exist"),
            ] {
                let answer = post(&librarian, "", csv).await;
                assert_eq!(answer.status, 400, "{csv}");
                assert!(answer.detail().starts_with(detail), "{csv}: {}", answer.detail());
            }
            assert_eq!(ids(&librarian.get("/customers/2/allImages").await), "");
        })
        .await;
    }
}
