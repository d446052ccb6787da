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

/// `POST /customers/{customer}/spaces/{space}/images/{image}/move`: gives it another space, another `id`, or both;
/// nothing is brought in again, and its old addresses are nobody's.
pub(crate) async fn post_move(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    ImagePath { asset }: ImagePath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Saved<Image>, Error> {
    let to = destination(fields, &asset, &reach, &management.config)?;
    let moved = management.catalogue.move_asset(&asset, &to, &expected, management.now()).await;
    Ok(Document::new(&urls, Image::of(moved.during("Move image")?, &urls)).saved(true))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{
            IMAGE, batch_of, finish_batch, ids, jpeg, on_every_database, on_every_database_with,
        },
    };

    #[tokio::test]
    async fn an_asset_goes_to_another_space_with_all_that_it_is() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            librarian.post("/customers/2/spaces", json!({"name": "books"})).await;
            batch_of(&librarian, &["a", "b"]).await;
            finish_batch(&api, 1).await;
            let before = librarian.get("/customers/2/spaces/1/images/a").await.body;
            let path = "/customers/2/spaces/1/images/a/move";
            let moved = librarian.post(path, json!({"space": 2, "id": "a2"})).await;
            assert_eq!(moved.status, 201, "{}", moved.detail());
            let url = "https://api.example.org/customers/2/spaces/2/images/a2";
            assert_eq!((&moved.body["@id"], moved.header("location")), (&json!(url), url));
            for same in ["created", "finished", "string1", "width", "batch", "origin"] {
                assert_eq!(moved.body[same], before[same], "{same}");
            }
            assert_eq!(librarian.get("/customers/2/spaces/1/images/a").await.status, 404);
            let now = librarian.get("/customers/2/spaces/2/images/a2").await.body;
            assert_eq!(now, moved.body);
            let batch = librarian.get("/customers/2/queue/batches/1/assets?orderBy=id").await;
            assert_eq!(ids(&batch), "a2 b");
            for space in [1, 2] {
                let storage = format!("/customers/2/spaces/{space}/storage");
                let stored = librarian.get(&storage).await.body;
                assert_eq!(stored["numberOfStoredImages"], 1, "{space}");
            }
            let entry = librarian.get(&format!("/customers/2/audit?path={path}")).await.body;
            assert_eq!(entry["member"][0]["after"]["@id"], url);
        })
        .await;
    }

    #[tokio::test]
    async fn a_condition_that_no_longer_holds_keeps_it_where_it_is() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let tag = librarian.put(IMAGE, jpeg(json!({}))).await.header("etag").to_owned();
            librarian.patch(IMAGE, json!({"string1": "changed"})).await;
            let fresh = librarian.get(IMAGE).await.header("etag").to_owned();
            for (tag, status) in [(tag, 412), (fresh, 201)] {
                let request = Request::post(format!("{IMAGE}/move")).header("if-match", tag);
                let body = json!({"space": 1, "id": "b"}).to_string();
                let answer = librarian.request(request.body(body.into()).unwrap()).await;
                assert_eq!(answer.status, status, "{}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_new_name_is_held_to_the_configured_rule_and_an_old_one_is_not() {
        let config = ManagementConfig { forbidden_characters: " ".into(), ..Default::default() };
        on_every_database_with(config, async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            let path = format!("{IMAGE}/move");
            let refused = librarian.post(&path, json!({"space": 1, "id": "a b"})).await;
            assert_eq!(refused.status, 400);
            assert!(refused.detail().contains("must not contain ' '"), "{}", refused.detail());
            let taken = librarian.post(&path, json!({"space": 1})).await;
            assert_eq!(taken.status, 409, "{}", taken.detail());
        })
        .await;
    }
}
