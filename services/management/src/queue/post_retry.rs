use axum::extract::State;

use super::batch_path::BatchPath;
use crate::{
    Management,
    error::{During, Error},
    hydra::{Batch, Document},
    urls::Urls,
};

/// `POST /customers/{customer}/queue/batches/{batch}/retry`: has what failed in it brought in again, unless it came with another batch since.
pub(crate) async fn post_retry(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
) -> Result<Document<Batch>, Error> {
    let now = management.now();
    let batch = management.catalogue.retry_batch(batch.customer, batch.id, now).await;
    Ok(Document::new(&urls, Batch::of(batch.during("Retry batch")?, &urls)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn what_failed_is_brought_in_again() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "broken-1"]).await;
            finish_batch(&api, 1).await;
            let retry = "/customers/2/queue/batches/1/retry";
            let answer = librarian.send(Method::POST, retry, "").await;
            assert_eq!(answer.status, 200, "{}", answer.detail());
            let batch = answer.body;
            assert_eq!((&batch["completed"], &batch["errors"]), (&json!(1), &json!(0)));
            assert!(batch.get("finished").is_none());
            let image = librarian.get("/customers/2/spaces/1/images/broken-1").await.body;
            assert_eq!((&image["ingesting"], image.get("error")), (&json!(true), None));
        })
        .await;
    }
}
