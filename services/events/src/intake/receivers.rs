use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use axum::Router;
use catalogue::Catalogue;
use storage::Secret;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Intake, Rule, from_nats::FromNats, from_sqs::FromSqs, from_web::FromWeb};
use crate::config::{EventsConfig, SourceConfig, SourceKind};

/// Listens to all of the operator's sources, until it is told to stop.
pub struct Receivers {
    intake: Arc<Intake>,
    queues: Vec<FromSqs>,
    streams: Vec<FromNats>,
    secrets: HashMap<String, Secret>,
}

impl Receivers {
    pub fn new(catalogue: Catalogue, config: &EventsConfig) -> anyhow::Result<Self> {
        let mut rules = HashMap::new();
        let (mut queues, mut streams, mut secrets) = (Vec::new(), Vec::new(), HashMap::new());
        for source in &config.sources {
            let own: Result<Vec<_>, _> = source.rules.iter().map(Rule::new).collect();
            rules.insert(source.name.clone(), own.map_err(anyhow::Error::msg)?);
            match source.kind {
                SourceKind::Sqs => queues.push(FromSqs::new(source)?),
                SourceKind::Nats => streams.push(FromNats::new(source)),
                SourceKind::Webhook => {
                    secrets.insert(source.name.clone(), source.secret.clone());
                }
            }
        }
        let intake = Arc::new(Intake::new(catalogue, rules));
        Ok(Self { intake, queues, streams, secrets })
    }

    /// The addresses at which webhooks are heard.
    pub fn router(&self) -> Router {
        FromWeb::new(self.intake.clone(), self.secrets.clone()).router()
    }

    pub async fn run(self, stop: CancellationToken) {
        let mut listening = JoinSet::new();
        for queue in self.queues {
            let (intake, stop) = (self.intake.clone(), stop.clone());
            listening.spawn(async move { queue.listen(&intake, &stop).await });
        }
        for stream in self.streams {
            let (intake, stop) = (self.intake.clone(), stop.clone());
            listening.spawn(async move { stream.listen(&intake, &stop).await });
        }
        listening.join_all().await;
    }
}

/// What is wrong with the sources, for the operator.
pub(crate) fn faults(sources: &[SourceConfig]) -> Vec<String> {
    let mut names = HashSet::new();
    let mut faults = Vec::new();
    for source in sources {
        let name = &source.name;
        faults.extend(
            source.faults().into_iter().map(|fault| format!("events.sources, '{name}': {fault}")),
        );
        for (n, rule) in (1..).zip(&source.rules) {
            if let Err(fault) = Rule::new(rule) {
                faults.push(format!("events.sources, '{name}', rule {n}: {fault}"));
            }
        }
        if !names.insert(name) {
            faults.push(format!("events.sources: there are two called '{name}'"));
        }
    }
    faults
}
