use axum::extract::State;
use catalogue::Priority;

use crate::{
    Management,
    caller::{Administrator, Tenant},
    error::{During, Error},
    hydra::{Document, Queue, QueueSummary},
    urls::Urls,
};

/// `POST /customers/{customer}/queue/pause`: nothing more of what waits is begun.
pub(crate) async fn post_pause(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Document<Queue>, Error> {
    let paused = management.catalogue.pause_queue(Some(customer), management.now()).await;
    paused.during("Pause queue")?;
    shown(&management, &urls, customer).await
}

/// `POST /customers/{customer}/queue/resume`: what waits is begun again.
pub(crate) async fn post_resume(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Document<Queue>, Error> {
    let resumed = management.catalogue.resume_queue(Some(customer), management.now()).await;
    resumed.during("Resume queue")?;
    shown(&management, &urls, customer).await
}

/// `POST /queue/pause`: the same for all customers; for an administrator.
pub(crate) async fn post_pause_of_all(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
) -> Result<Document<QueueSummary>, Error> {
    let paused = management.catalogue.pause_queue(None, management.now()).await;
    paused.during("Pause queue")?;
    summary(&management, &urls).await
}

/// `POST /queue/resume`: the queues go on again, but for those that their customers have paused; for an administrator.
pub(crate) async fn post_resume_of_all(
    State(management): State<Management>,
    urls: Urls,
    _: Administrator,
) -> Result<Document<QueueSummary>, Error> {
    let resumed = management.catalogue.resume_queue(None, management.now()).await;
    resumed.during("Resume queue")?;
    summary(&management, &urls).await
}

async fn shown(
    management: &Management,
    urls: &Urls,
    customer: u32,
) -> Result<Document<Queue>, Error> {
    let waiting = management.catalogue.customer_queue(customer, Priority::Normal).await?;
    Ok(Document::new(urls, Queue::of(customer, waiting, urls)))
}

async fn summary(management: &Management, urls: &Urls) -> Result<Document<QueueSummary>, Error> {
    let waiting = management.catalogue.jobs_waiting().await?;
    let paused = management.catalogue.queue_is_paused(None).await?;
    Ok(Document::new(urls, QueueSummary::of(&waiting, paused, urls)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use catalogue::JobKind;
    use serde_json::json;

    use crate::testing::{Api, Client, batch_of, on_every_database};

    async fn post(client: &Client, path: &str) -> (u16, bool) {
        let answer = client.send(Method::POST, path, "").await;
        (answer.status.as_u16(), answer.body["paused"] == json!(true))
    }

    async fn is_begun(api: &Api) -> bool {
        let lease = std::time::Duration::from_secs(60);
        let now = time::macros::datetime!(2100-01-01 0:00 UTC);
        api.catalogue.claim_job(&JobKind::ALL, "test", lease, now).await.unwrap().is_some()
    }

    #[tokio::test]
    async fn a_customer_pauses_its_queue_and_has_it_go_on() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a"]).await;
            for _ in 0..2 {
                assert_eq!(post(&librarian, "/customers/2/queue/pause").await, (200, true));
            }
            for path in ["/customers/2/queue", "/customers/2/queue/priority"] {
                assert_eq!(librarian.get(path).await.body["paused"], true, "{path}");
            }
            assert_eq!(librarian.get("/queue").await.body["paused"], false);
            assert!(!is_begun(&api).await);
            assert_eq!(post(&librarian, "/customers/2/queue/resume").await, (200, false));
            assert!(is_begun(&api).await);
        })
        .await;
    }

    #[tokio::test]
    async fn an_administrator_pauses_all_and_a_key_of_some_spaces_none() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            librarian.post("/customers/2/spaces", json!({"name": "maps"})).await;
            batch_of(&librarian, &["a"]).await;
            assert_eq!(post(&librarian, "/queue/pause").await.0, 403);
            let key = json!({"scope": "register", "spaces": [1]});
            let key = librarian.post("/customers/2/keys", key).await;
            let guest = api.anonymous().with_key(2, &key.body);
            assert_eq!(post(&guest, "/customers/2/queue/pause").await.0, 403);

            assert_eq!(post(&administrator, "/queue/pause").await, (200, true));
            assert_eq!(librarian.get("/customers/2/queue").await.body["paused"], true);
            assert!(!is_begun(&api).await);
            assert_eq!(post(&administrator, "/queue/resume").await, (200, false));
            assert!(is_begun(&api).await);
        })
        .await;
    }
}
