use axum::extract::State;

use super::batch_path::BatchPath;
use crate::{
    Management,
    error::Error,
    hydra::{Batch, Document},
    urls::Urls,
};

/// `GET /customers/{customer}/queue/batches/{batch}`: how far a batch is.
pub(crate) async fn get_batch(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
) -> Result<Document<Batch>, Error> {
    let progress = management.catalogue.batch_progress(&batch, management.now()).await?;
    Ok(Document::new(&urls, Batch::of(batch, &urls).with_progress(progress)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn a_batch_tells_what_became_of_its_images() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1", "b"]).await;
            let before = librarian.get("/customers/2/queue/batches/1").await.body;
            assert_eq!((&before["completed"], before.get("finished")), (&json!(0), None));
            finish_batch(&api, 1).await;
            let after = librarian.get("/customers/2/queue/batches/1").await.body;
            assert_eq!((&after["completed"], &after["errors"]), (&json!(2), &json!(1)));
            assert!(after["finished"].as_str().unwrap().ends_with('Z'));
            assert_eq!(
                (&before["progress"]["percent"], &after["progress"]["percent"]),
                (&json!(0), &json!(100))
            );
            assert!(after["progress"]["ratePerMinute"].as_f64().unwrap() > 0.0);
        })
        .await;
    }

    #[tokio::test]
    async fn the_batch_of_another_customer_does_not_exist_nor_one_that_is_no_number() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let library = api.customer(&administrator, "library").await;
            api.customer(&administrator, "museum").await;
            library.post("/customers/2/spaces", json!({"name": "maps"})).await;
            batch_of(&library, &["a"]).await;
            for path in [
                "/customers/3/queue/batches/1",
                "/customers/2/queue/batches/9",
                "/customers/2/queue/batches/x",
                "/customers/2/queue/batches/%2B1",
                "/customers/2/queue/batches/99999999999999999999",
            ] {
                let answer = administrator.get(path).await;
                assert_eq!(answer.status, 404, "{path}");
            }
        })
        .await;
    }
}
