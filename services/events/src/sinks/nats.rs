use std::time::Duration;

use async_nats::{Client, ConnectOptions, HeaderMap, jetstream};
use catalogue::Event;
use tokio::sync::OnceCell;

use super::NotTold;
use crate::config::SinkConfig;

/// Tells a stream of NATS JetStream, which says when it has kept what it was told.
pub(crate) struct Nats {
    url: storage::Secret,
    subject: String,
    timeout: Duration,
    /// It finds its way back by itself.
    client: OnceCell<Client>,
}

impl Nats {
    pub(super) fn new(sink: &SinkConfig, timeout: Duration) -> Self {
        let (url, subject) = (sink.url.clone(), sink.subject.clone());
        Self { url, subject, timeout, client: OnceCell::new() }
    }

    /// On the subject `recto.2.asset.created`: the customer's number, and what has happened.
    pub(super) async fn tell(&self, event: &Event) -> Result<(), NotTold> {
        let subject = format!("{}.{}.{}", self.subject, event.customer, event.kind.as_str());
        let mut headers = HeaderMap::new();
        // Told twice within the stream's window, it is kept once.
        headers.insert("Nats-Msg-Id", format!("recto-{}", event.place));
        headers.insert("Content-Type", "application/cloudevents+json");
        let stream = jetstream::new(self.client().await?.clone());
        let told = async {
            let payload = event.envelope().to_string().into();
            let kept = stream.publish_with_headers(subject.clone(), headers, payload).await;
            let kept = kept.map_err(|error| error.to_string())?;
            kept.await.map_err(|error| error.to_string())
        };
        match tokio::time::timeout(self.timeout, told).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                Err(NotTold::Failed(format!("no stream of NATS kept {subject}: {error}")))
            }
            Err(_) => Err(NotTold::Failed("NATS did not answer in time".to_owned())),
        }
    }

    async fn client(&self) -> Result<&Client, NotTold> {
        let connect = async || {
            let options = ConnectOptions::new().name("recto").connection_timeout(self.timeout);
            options.connect(self.url.expose()).await
        };
        let client = self.client.get_or_try_init(connect).await;
        client.map_err(|error| NotTold::Failed(format!("NATS could not be reached: {error}")))
    }
}
