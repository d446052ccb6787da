use axum::{extract::State, response::Response};
use serde_json::json;

use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    deletion::deletion,
    error::{During, Error},
    members::{MAX_NAMED, by_asset, members},
};

/// `POST /customers/{customer}/deleteImages`: deletes those of the named images that exist.
pub(crate) async fn post_delete_images(
    State(management): State<Management>,
    Guest { reach }: Guest,
    JsonBody(mut body): JsonBody,
) -> Result<Response, Error> {
    let named = by_asset(members(&mut body, MAX_NAMED)?, &reach, None)?;
    let ids: Vec<_> = named.into_iter().map(|(id, _)| id).collect();
    let deleted = management.catalogue.delete_assets(&ids, management.now()).await;
    let count = deleted.during("Delete images")?.len();
    if count == 0 {
        return Err(Error::NothingToDelete);
    }
    let message = format!("{count} of {} images deleted", ids.len());
    Ok(deletion(&management.config, json!({ "message": message })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{batch_of, ids, on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn who_wants_no_body_gets_none() {
        let config = ManagementConfig { deletions_without_body: true, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a"]).await;
            let body = json!({"member": [{"id": "2/1/a"}]});
            let answer = librarian.post("/customers/2/deleteImages", body).await;
            assert_eq!((answer.status.as_u16(), answer.body), (204, json!(null)));
            let query = json!({"name": "book", "template": "s1=p1"});
            librarian.post("/customers/2/namedQueries", query).await;
            let answer = librarian.delete("/customers/2/resources/pdf/book?args=a").await;
            assert_eq!((answer.status.as_u16(), answer.body), (204, json!(null)));
        })
        .await;
    }

    #[tokio::test]
    async fn the_named_images_are_deleted_and_others_stay() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            let delete = "/customers/2/deleteImages?deleteFrom=cdn,internalCache";
            let body =
                json!({"member": [{"id": "2/1/a"}, {"id": "c", "space": 1}, {"id": "2/1/x"}]});
            let answer = librarian.post(delete, body.clone()).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body, json!({"message": "2 of 3 images deleted"}));
            assert_eq!(ids(&librarian.get("/customers/2/allImages").await), "b");
            let space = librarian.get("/customers/2/spaces/1").await.body;
            assert_eq!(space["approximateNumberOfImages"], 1);

            let answer = librarian.post(delete, body).await;
            assert_eq!(answer.status, 400);
            let said = (&answer.body["title"], answer.detail());
            assert_eq!(said, (&json!("Delete images failed"), "No assets found"));
        })
        .await;
    }
}
