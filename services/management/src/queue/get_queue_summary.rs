use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, QueueSummary},
    urls::Urls,
};

/// `GET /queue`: how many jobs wait, of all customers; for everybody. Some seconds old at most.
pub(crate) async fn get_queue_summary(
    State(management): State<Management>,
    urls: Urls,
) -> Result<Document<QueueSummary>, Error> {
    let waiting = management.catalogue.jobs_waiting().await?;
    let paused = management.catalogue.queue_is_paused(None).await?;
    Ok(Document::new(&urls, QueueSummary::of(&waiting, paused, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, on_every_database};

    #[tokio::test]
    async fn everybody_may_know_how_much_is_to_do() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b"]).await;
            let answer = api.anonymous().get("/queue").await;
            assert_eq!(
                answer.body,
                json!({
                    "@context": "https://api.example.org/contexts/QueueSummary.jsonld",
                    "@id": "https://api.example.org/queue", "@type": "vocab:QueueSummary",
                    "incoming": 2, "priority": 0, "timebased": 0, "transcodeComplete": 0,
                    "file": 0, "failed": 0, "success": 0, "paused": false,
                })
            );
        })
        .await;
    }
}
