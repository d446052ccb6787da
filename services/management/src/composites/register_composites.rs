use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use catalogue::Reach;

use super::new_composite::new_composite;
use crate::{
    Management,
    error::{During, Error},
    hydra::CompositeCollection,
    members::Member,
    permit,
    urls::Urls,
};

/// Is a member a document, and not an asset?
pub(crate) fn is_composite(member: &Member) -> bool {
    let kind = member.fields.peek_text("@type").unwrap_or_default();
    kind == "Composite" || kind.ends_with(":Composite") || kind.ends_with("#Composite")
}

/// Takes documents in, all or none of them; answers 202 with where their progress is told.
pub(crate) async fn register_composites(
    management: &Management,
    urls: &Urls,
    reach: &Reach,
    members: Vec<Member>,
) -> Result<Response, Error> {
    let (mut new, mut faults) = (Vec::with_capacity(members.len()), Vec::new());
    for (number, member) in (1..).zip(members) {
        if !is_composite(&member) {
            faults.push(format!("Member {number}: assets and composites cannot be mixed"));
            continue;
        }
        match new_composite(member.fields, reach.customer, &management.config) {
            Ok(composite) => new.push(composite),
            Err(Error::Invalid(found)) => {
                faults.extend(found.into_iter().map(|fault| format!("Member {number}: {fault}")));
            }
            Err(error) => return Err(error),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    if let Some(beyond) = new.iter().find(|new| !reach.covers(new.space)) {
        return Err(permit::outside(reach, &format!("space {}", beyond.space)));
    }
    let now = management.now();
    let registered = management.catalogue.register_composites(reach.customer, &new, now).await;
    let collection = CompositeCollection::of(&registered.during("Create composites")?, urls);
    Ok((StatusCode::ACCEPTED, Json(collection)).into_response())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::on_every_database;

    const QUEUE: &str = "/customers/2/queue";

    fn composite(changes: Value) -> Value {
        let mut composite = json!({
            "@type": "vocab:Composite", "id": "page-{:04d}", "space": 1, "incrementSeed": 1,
            "origin": "https://files.example.org/book.pdf", "originFormat": "application/pdf",
            "string1": "book", "string2": "f. {}", "number1": "{:d}", "tags": ["red"],
            "compositeId": "b-1", "mediaType": "application/pdf", "family": "F",
        });
        for (name, value) in changes.as_object().unwrap() {
            composite[name] = value.clone();
        }
        composite
    }

    #[tokio::test]
    async fn documents_are_taken_in_and_tell_how_far_they_are() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            librarian.post("/customers/2/spaces", json!({"name": "maps"})).await;
            let members =
                json!({"member": [composite(json!({})), composite(json!({"id": "b{}", "originFormat": "image/tiff"}))]});
            let taken = librarian.post(QUEUE, members).await;
            assert_eq!(taken.status, 202, "{}", taken.detail());
            let members = taken.body["members"].as_array().unwrap();
            assert_eq!((members.len(), &members[0]["status"]), (2, &json!("PENDING")));
            let path = |url: &Value| {
                url.as_str().unwrap().strip_prefix("https://api.example.org").unwrap().to_owned()
            };
            let collection = librarian.get(&path(&taken.body["id"])).await;
            assert_eq!((collection.status.as_u16(), &collection.body), (200, &taken.body));
            let member = librarian.get(&path(&members[1]["id"])).await;
            assert_eq!((member.status.as_u16(), &member.body), (200, &members[1]));
            assert_eq!(api.anonymous().get(&path(&members[1]["id"])).await.status, 401);
            let stranger = api.customer(&administrator, "other").await;
            for place in [&taken.body["id"], &members[0]["id"]] {
                assert_eq!(stranger.get(&path(place)).await.status, 404, "it is somebody else's");
                assert_eq!(administrator.get(&path(place)).await.status, 200);
            }
            for none in ["/collections/x", "/collections/x/members/y"] {
                assert_eq!(librarian.get(none).await.status, 404);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_document_that_failed_is_told_so_by_a_status_of_its_own() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let taken = librarian.post(QUEUE, json!({"member": [composite(json!({}))]})).await;
            api.fail_next_job("the document is locked by a password").await;
            let url = taken.body["members"][0]["id"].as_str().unwrap();
            let failed = librarian.get(url.strip_prefix("https://api.example.org").unwrap()).await;
            assert_eq!(failed.status, 422);
            assert_eq!(failed.body["status"], "ERROR");
            assert_eq!(failed.body["error"], "the document is locked by a password");
        })
        .await;
    }

    #[tokio::test]
    async fn what_makes_no_pages_is_refused_with_its_place() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (changes, fault) in [
                (json!({"id": "page"}), "must have a place for the number"),
                (json!({"id": "page-{:s}"}), "'id': '{:s}' is no place"),
                (json!({"id": null}), "'id' is required"),
                (json!({"id": "a{}b{"}), "brace"),
                (json!({"incrementSeed": null}), "'incrementSeed' is required"),
                (json!({"incrementSeed": "x"}), "'incrementSeed' must be a whole number"),
                (json!({"origin": null}), "'origin' is required"),
                (json!({"origin": "nowhere"}), "'origin' is not usable"),
                (json!({"origin": "recto-upload://uploads/2/1/x/y"}), "cannot name an upload"),
                (
                    json!({"originFormat": "image/png"}),
                    "'originFormat' must be application/pdf, image",
                ),
                (json!({"space": null}), "'space' is required"),
                (json!({"space": 9}), "Target space 9 does not exist"),
                (json!({"number1": "n{}"}), "'n1' is no number"),
                (json!({"width": 7}), "width"),
                (json!({"deliveryChannels": ["iiif-av"]}), "not a valid delivery channel"),
                (json!({"@type": "vocab:Image"}), "cannot be mixed"),
            ] {
                let members = json!({"member": [composite(json!({})), composite(changes.clone())]});
                let answer = librarian.post(QUEUE, members).await;
                assert_eq!(answer.status, 400, "{changes}");
                assert!(answer.detail().contains(fault), "{changes}: {}", answer.detail());
            }
            let urgent = json!({"member": [composite(json!({}))]});
            let urgent = librarian.post("/customers/2/queue/priority", urgent).await;
            assert_eq!(urgent.status, 400);
        })
        .await;
    }
}
