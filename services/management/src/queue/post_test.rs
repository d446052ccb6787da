use axum::Json;
use serde_json::{Value, json};

use super::batch_path::BatchPath;

/// `POST /customers/{customer}/queue/batches/{batch}/test`: is there nothing more to wait for?
///
/// Here a batch needs no evaluation: it is finished with its last member, and superseded with its last asset.
pub(crate) async fn post_test(BatchPath { batch }: BatchPath) -> Json<Value> {
    Json(json!({ "success": batch.superseded || batch.finished.is_some() }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn a_test_succeeds_when_a_batch_is_finished_or_superseded() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let test = async |n: u8| {
                let path = format!("/customers/2/queue/batches/{n}/test");
                librarian.send(axum::http::Method::POST, &path, "").await
            };
            batch_of(&librarian, &["a"]).await;
            assert_eq!(test(1).await.body, json!({"success": false}));
            batch_of(&librarian, &["a"]).await;
            assert_eq!(test(1).await.body, json!({"success": true}));
            let first = librarian.get("/customers/2/queue/batches/1").await.body;
            assert_eq!(first["superseded"], true);
            finish_batch(&api, 2).await;
            assert_eq!(test(2).await.body, json!({"success": true}));
            assert_eq!(test(9).await.status, 404);
        })
        .await;
    }
}
