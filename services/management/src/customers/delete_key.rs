use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::KeyPath,
};

/// `DELETE /customers/{customer}/keys/{key}`: the key opens nothing any more.
pub(crate) async fn delete_key(
    State(management): State<Management>,
    path: KeyPath,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_key(path.customer, &path.key).await;
    deleted.during("Delete key")?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::on_every_database;

    #[tokio::test]
    async fn a_deleted_key_opens_nothing() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let fresh = librarian.post("/customers/2/keys", json!({})).await;
            let client = api.anonymous().with_key(2, &fresh.body);
            let path = format!("/customers/2/keys/{}", fresh.body["key"].as_str().unwrap());
            assert_eq!(client.delete(&path).await.status, 204);
            assert_eq!(client.get("/customers/2").await.status, 401);
            assert_eq!(librarian.delete(&path).await.status, 404);
        })
        .await;
    }

    #[tokio::test]
    async fn an_administrators_last_key_stays() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let keys = administrator.get("/customers/1/keys").await;
            let key = keys.body["member"][0]["key"].as_str().unwrap().to_owned();
            let answer = administrator.delete(&format!("/customers/1/keys/{key}")).await;
            assert_eq!(answer.status, 400);
            assert_eq!(administrator.get("/customers/1").await.status, 200);
        })
        .await;
    }

    #[tokio::test]
    async fn a_customer_deletes_no_key_of_another() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let library = api.customer(&administrator, "library").await;
            let museum = api.customer(&administrator, "museum").await;
            let keys = museum.get("/customers/3/keys").await;
            let key = keys.body["member"][0]["key"].as_str().unwrap().to_owned();
            assert_eq!(library.delete(&format!("/customers/3/keys/{key}")).await.status, 401);
            assert_eq!(library.delete(&format!("/customers/2/keys/{key}")).await.status, 404);
            assert_eq!(museum.get("/customers/3").await.status, 200);
        })
        .await;
    }
}
