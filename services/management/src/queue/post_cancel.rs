use axum::extract::State;

use super::batch_path::BatchPath;
use crate::{
    Management,
    error::{During, Error},
    hydra::{Batch, Document},
    urls::Urls,
};

/// `POST /customers/{customer}/queue/batches/{batch}/cancel`: calls off what still waits in it.
pub(crate) async fn post_cancel(
    State(management): State<Management>,
    urls: Urls,
    BatchPath { batch }: BatchPath,
) -> Result<Document<Batch>, Error> {
    let now = management.now();
    let batch = management.catalogue.cancel_batch(batch.customer, batch.id, now).await;
    Ok(Document::new(&urls, Batch::of(batch.during("Cancel batch")?, &urls)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn what_waits_is_called_off_and_what_is_done_stays() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a"]).await;
            finish_batch(&api, 1).await;
            batch_of(&librarian, &["b", "c"]).await;
            for (n, completed, errors) in [(1, 1, 0), (2, 0, 2)] {
                let path = format!("/customers/2/queue/batches/{n}/cancel");
                let batch = librarian.send(Method::POST, &path, "").await.body;
                let counts = (&batch["completed"], &batch["errors"]);
                assert_eq!(counts, (&json!(completed), &json!(errors)), "{n}");
                assert!(batch["finished"].is_string());
            }
            let image = librarian.get("/customers/2/spaces/1/images/b").await.body;
            assert_eq!(image["ingesting"], false);
            assert!(image["error"].as_str().unwrap().contains("cancelled"));
        })
        .await;
    }
}
