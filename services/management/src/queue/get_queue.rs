use axum::extract::State;
use catalogue::Priority;

use crate::{
    Management,
    caller::Guest,
    error::Error,
    hydra::{Document, Queue},
    urls::Urls,
};

/// `GET /customers/{customer}/queue`: what waits in the customer's batches.
pub(crate) async fn get_queue(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
) -> Result<Document<Queue>, Error> {
    let customer = reach.customer;
    let progress = management.catalogue.queue_progress(reach.clone(), management.now()).await?;
    let waiting = management.catalogue.customer_queue(reach, Priority::Normal).await?;
    let queue = Queue::of(customer, waiting, &urls);
    Ok(Document::new(&urls, queue.with_progress(progress)))
}

/// `GET /customers/{customer}/queue/priority`: the same for those that come before others.
pub(crate) async fn get_priority_queue(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
) -> Result<Document<Queue>, Error> {
    let customer = reach.customer;
    let waiting = management.catalogue.customer_queue(reach, Priority::Priority).await?;
    Ok(Document::new(&urls, Queue::priority_of(customer, waiting, &urls)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, on_every_database};

    #[tokio::test]
    async fn a_queue_tells_what_waits_and_where_its_batches_are() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b"]).await;
            let queue = "https://api.example.org/customers/2/queue";
            let answer = librarian.get("/customers/2/queue").await;
            assert_eq!(
                answer.body,
                json!({
                    "@context": "https://api.example.org/contexts/Queue.jsonld",
                    "@id": queue, "@type": "vocab:Queue",
                    "size": 2, "batchesWaiting": 1, "imagesWaiting": 2, "paused": false,
                    "progress": {"percent": 0, "ratePerMinute": 0.0},
                    "deadLetters": format!("{queue}/deadLetters"),
                    "batches": format!("{queue}/batches"), "active": format!("{queue}/active"),
                    "recent": format!("{queue}/recent"), "priority": format!("{queue}/priority"),
                })
            );
            let priority = librarian.get("/customers/2/queue/priority").await.body;
            assert_eq!(priority["@id"], format!("{queue}/priority"));
            assert_eq!((&priority["size"], priority.get("priority")), (&json!(0), None));
        })
        .await;
    }
}
