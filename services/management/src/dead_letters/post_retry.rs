use axum::extract::State;

use super::dead_letter_path::DeadLetterPath;
use crate::{
    Management,
    error::{During, Error},
    hydra::{DeadLetter, Document},
    urls::Urls,
};

/// `POST /customers/{customer}/queue/deadLetters/{id}/retry`: has it tried again, and answers what it was.
pub(crate) async fn post_retry(
    State(management): State<Management>,
    urls: Urls,
    DeadLetterPath { reach, id }: DeadLetterPath,
) -> Result<Document<DeadLetter>, Error> {
    let retried = management.catalogue.retry_dead_letter(reach, id, management.now()).await;
    Ok(Document::new(&urls, DeadLetter::of(retried.during("Retry dead letter")?, &urls)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{batch_of, finish_batch, on_every_database};

    #[tokio::test]
    async fn a_dead_letter_is_tried_again_and_its_batch_waits_for_it() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["broken-1"]).await;
            finish_batch(&api, 1).await;
            let all = librarian.get("/customers/2/queue/deadLetters").await.body;
            let url = all["member"][0]["@id"].as_str().unwrap();
            let path = url.strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.get(path).await.body["name"], "broken-1");
            let retry = format!("{path}/retry");
            assert_eq!(librarian.send(Method::POST, &retry, "").await.status, 200);
            assert_eq!(librarian.send(Method::POST, &retry, "").await.status, 404);
            assert_eq!(librarian.get(path).await.status, 404);
            let image = librarian.get("/customers/2/spaces/1/images/broken-1").await.body;
            assert_eq!((&image["ingesting"], image.get("error")), (&json!(true), None));
            let batch = librarian.get("/customers/2/queue/batches/1").await.body;
            assert_eq!((&batch["errors"], batch.get("finished")), (&json!(0), None));
        })
        .await;
    }
}
