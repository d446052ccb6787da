use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use async_nats::jetstream;
use end_to_end::variable;
use futures_util::StreamExt;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::story::free_port;

/// A NATS of its own, whose stream survives its death.
pub(super) struct Nats {
    folder: TempDir,
    port: u16,
    server: Option<Child>,
}

/// The stream, and what its subjects begin with.
pub(super) const STREAM: &str = "library";

impl Nats {
    pub(super) async fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("recto-nats.").tempdir()?;
        let mut nats = Self { folder, port: free_port()?, server: None };
        nats.rise()?;
        let config = jetstream::stream::Config {
            name: STREAM.to_owned(),
            subjects: vec![format!("{STREAM}.>")],
            ..jetstream::stream::Config::default()
        };
        nats.context().await?.create_stream(config).await?;
        Ok(nats)
    }

    pub(super) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    pub(super) fn rise(&mut self) -> Result<()> {
        let mut server = Command::new("nats-server");
        server.env("PATH", format!("{}:/usr/sbin", variable("PATH").unwrap_or_default()));
        server.args(["-a", "127.0.0.1", "-p", &self.port.to_string(), "-js", "-sd"]);
        server.arg(self.folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        self.server = Some(server.spawn().context("nats-server is not there: run `make e2e`")?);
        Ok(())
    }

    pub(super) fn strike(&mut self) -> Result<()> {
        if let Some(mut server) = self.server.take() {
            server.kill()?;
            server.wait()?;
        }
        Ok(())
    }

    /// Everything that the stream has kept, in the order in which it came.
    pub(super) async fn told(&self) -> Result<Vec<Value>> {
        let stream = self.context().await?.get_stream(STREAM).await?;
        let messages = usize::try_from(stream.cached_info().state.messages)?;
        let consumer = stream.create_consumer(jetstream::consumer::pull::Config::default()).await?;
        let mut kept = consumer.messages().await?.take(messages);
        let mut told = Vec::new();
        while let Some(message) = timeout(Duration::from_secs(30), kept.next()).await? {
            let message = message?;
            told.push(serde_json::from_slice(&message.payload)?);
            message.ack().await.map_err(anyhow::Error::from_boxed)?;
        }
        Ok(told)
    }

    async fn context(&self) -> Result<jetstream::Context> {
        for _ in 0..100 {
            if let Ok(client) = async_nats::connect(self.url()).await {
                return Ok(jetstream::new(client));
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!("NATS does not answer at {}", self.url())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        if let Err(error) = self.strike() {
            eprintln!("{error:#}");
        }
    }
}
