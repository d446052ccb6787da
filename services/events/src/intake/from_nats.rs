use std::time::Duration;

use anyhow::Context;
use async_nats::{
    ConnectOptions,
    jetstream::{self, AckKind, consumer::pull},
};
use futures_util::StreamExt;
use storage::Secret;
use tokio_util::sync::CancellationToken;

use super::Intake;
use crate::config::SourceConfig;

/// Hears from a stream of NATS JetStream, as MinIO and others fill it.
pub(super) struct FromNats {
    url: Secret,
    stream: String,
    name: String,
}

/// How long to wait before a stream is asked again after it failed, or a message is heard again.
const PAUSE: Duration = Duration::from_secs(5);

impl FromNats {
    pub(super) fn new(source: &SourceConfig) -> Self {
        let (url, stream) = (source.url.clone(), source.stream.clone());
        Self { url, stream, name: source.name.clone() }
    }

    pub(super) async fn listen(&self, intake: &Intake, stop: &CancellationToken) {
        while let Some(heard) = stop.run_until_cancelled(self.hear(intake)).await {
            if let Err(error) = heard {
                tracing::warn!(source = self.name, ?error, "a stream can't be heard");
            }
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    /// One durable consumer for all processes: each message goes to one of them, until it is acknowledged.
    async fn hear(&self, intake: &Intake) -> anyhow::Result<()> {
        let options = ConnectOptions::new().name("recto");
        let client = options.connect(self.url.expose()).await.context("NATS")?;
        let stream = jetstream::new(client).get_stream(&self.stream).await;
        let stream = stream.with_context(|| format!("the stream {}", self.stream))?;
        let durable = format!("recto-{}", self.name);
        let config =
            pull::Config { durable_name: Some(durable.clone()), ..pull::Config::default() };
        let consumer = stream.get_or_create_consumer(&durable, config).await.context("consumer")?;
        let mut messages = consumer.messages().await.context("messages")?;
        while let Some(message) = messages.next().await {
            let message = message.context("a message")?;
            let answer = match intake.take(&self.name, &message.payload).await {
                Ok(()) => AckKind::Ack,
                Err(error) => {
                    tracing::warn!(source = self.name, ?error, "a message is left for later");
                    AckKind::Nak(Some(PAUSE))
                }
            };
            let answered = message.ack_with(answer).await;
            answered
                .map_err(|error| anyhow::anyhow!("a message can't be acknowledged: {error}"))?;
        }
        Ok(())
    }
}
