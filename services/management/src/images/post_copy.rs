use axum::extract::State;

use super::destination::destination;
use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    error::{During, Error},
    hydra::{Document, Image, Saved},
    paths::ImagePath,
    precondition::Precondition,
    urls::Urls,
};

/// `POST /customers/{customer}/spaces/{space}/images/{image}/copy`: makes a second asset of it, in `space` and with `id`
/// or its own; nothing is brought in again.
pub(crate) async fn post_copy(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    ImagePath { asset }: ImagePath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Saved<Image>, Error> {
    let to = destination(fields, &asset, &reach, &management.config)?;
    let copy = management.catalogue.copy_asset(&asset, &to, &expected, management.now()).await;
    Ok(Document::new(&urls, Image::of(copy.during("Copy image")?, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{IMAGE, batch_of, finish_batch, jpeg, on_every_database};

    #[tokio::test]
    async fn a_copy_is_an_asset_of_its_own() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.post("/customers/2/spaces", json!({"name": "books"})).await;
            let before = librarian.put(IMAGE, jpeg(json!({"tags": ["a"], "number1": 7}))).await;
            let copy = librarian.post(&format!("{IMAGE}/copy"), json!({"space": 2})).await;
            assert_eq!(copy.status, 201, "{}", copy.detail());
            let path = "/customers/2/spaces/2/images/ms-1";
            assert_eq!(copy.header("location"), format!("https://api.example.org{path}"));
            for same in ["origin", "mediaType", "tags", "number1", "width", "deliveryChannels"] {
                assert_eq!(copy.body[same], before.body[same], "{same}");
            }
            assert_eq!((&copy.body["ingesting"], copy.body.get("batch")), (&json!(false), None));

            let renamed =
                json!({"space": "https://api.example.org/customers/2/spaces/1", "id": "b"});
            let renamed = librarian.post(&format!("{IMAGE}/copy"), renamed).await;
            assert_eq!((renamed.status.as_u16(), &renamed.body["id"]), (201, &json!("b")));
            librarian.patch(path, json!({"string1": "changed"})).await;
            assert_eq!(librarian.get(IMAGE).await.body, before.body);
            assert_eq!(librarian.delete(IMAGE).await.status, 204);
            assert_eq!(librarian.get(path).await.body["string1"], "changed");
            let stored = librarian.get("/customers/2/storage").await.body;
            assert_eq!(stored["numberOfStoredImages"], 2);
        })
        .await;
    }

    #[tokio::test]
    async fn where_there_is_something_nothing_is_copied_nor_while_it_is_brought_in() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b"]).await;
            let copy = "/customers/2/spaces/1/images/a/copy";
            let early = librarian.post(copy, json!({"space": 1, "id": "c"})).await;
            assert_eq!(early.status, 409, "{}", early.detail());
            assert!(early.detail().contains("being brought in"), "{}", early.detail());
            finish_batch(&api, 1).await;
            for (body, status) in [
                (json!({"space": 1, "id": "b"}), 409),
                (json!({"space": 1}), 409),
                (json!({"space": 9}), 400),
                (json!({"space": 0}), 400),
                (json!({"id": "c"}), 400),
                (json!({}), 400),
                (json!({"space": 1, "id": ".."}), 400),
                (json!({"space": 1, "id": "3/1/c"}), 201),
                (json!({"space": 1, "id": "2/1/c"}), 201),
            ] {
                let answer = librarian.post(copy, body.clone()).await;
                assert_eq!(answer.status, status, "{body}: {}", answer.detail());
            }
            let missing = "/customers/2/spaces/1/images/x/copy";
            assert_eq!(librarian.post(missing, json!({"space": 1, "id": "y"})).await.status, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_of_one_space_copies_within_it_alone() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            librarian.post("/customers/2/spaces", json!({"name": "books"})).await;
            batch_of(&librarian, &["a"]).await;
            finish_batch(&api, 1).await;
            let key = json!({"scope": "register", "spaces": [1]});
            let key = librarian.post("/customers/2/keys", key).await;
            let scanner = api.anonymous().with_key(2, &key.body);
            for action in ["copy", "move"] {
                let path = format!("/customers/2/spaces/1/images/a/{action}");
                let refused = scanner.post(&path, json!({"space": 2})).await;
                assert_eq!(refused.status, 403, "{}", refused.detail());
                let within = scanner.post(&path, json!({"space": 1, "id": action})).await;
                assert_eq!(within.status, 201, "{}", within.detail());
            }
        })
        .await;
    }
}
