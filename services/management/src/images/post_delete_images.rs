use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    error::{During, Error},
    members::{MAX_NAMED, by_asset, members},
};

/// `POST /customers/{customer}/deleteImages`: deletes those of the named images that exist.
pub(crate) async fn post_delete_images(
    State(management): State<Management>,
    Guest { reach }: Guest,
    JsonBody(mut body): JsonBody,
) -> Result<Json<Value>, Error> {
    let named = by_asset(members(&mut body, MAX_NAMED)?, &reach, None)?;
    let ids: Vec<_> = named.into_iter().map(|(id, _)| id).collect();
    let deleted = management.catalogue.delete_assets(&ids, management.now()).await;
    let count = deleted.during("Delete images")?.len();
    if count == 0 {
        return Err(Error::NothingToDelete);
    }
    Ok(Json(json!({ "message": format!("{count} of {} images deleted", ids.len()) })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, ids, on_every_database};

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
