//! The ways to tell somebody what has happened: one file for each.
//!
//! Each tells one event and waits until it has arrived. A failure says whether telling it again could help ([`NotTold`]).

mod webhook;
mod nats;
mod sns;
mod sqs;

use std::{collections::HashMap, time::Duration};

use catalogue::{Event, EventKind};

pub(crate) use webhook::Webhooks;

use crate::{
    aws::AwsError,
    config::{EventsConfig, SinkConfig, SinkKind},
};

/// Why somebody was not told; in words for whoever wrote down where they are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotTold {
    /// They will never want to hear it.
    #[error("{0}")]
    Refused(String),
    /// They may hear it later.
    #[error("{0}")]
    Failed(String),
}

impl From<AwsError> for NotTold {
    fn from(error: AwsError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The operator's sinks, by name.
pub(crate) struct Sinks(HashMap<String, Sink>);

/// One of the operator's sinks, and what it wants to hear of.
pub(crate) struct Sink {
    way: Way,
    kinds: Vec<EventKind>,
    customers: Vec<u32>,
}

enum Way {
    Nats(nats::Nats),
    Sns(sns::Sns),
    Sqs(sqs::Sqs),
}

impl Sinks {
    pub(crate) fn new(config: &EventsConfig) -> anyhow::Result<Self> {
        let sinks = config.sinks.iter().map(|sink| {
            let way = Way::new(sink, config.timeout())?;
            let kinds = sink.events.iter().filter_map(|kind| kind.parse().ok()).collect();
            let customers = sink.customers.clone();
            Ok((sink.name.clone(), Sink { way, kinds, customers }))
        });
        Ok(Self(sinks.collect::<anyhow::Result<_>>()?))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Sink> {
        self.0.get(name)
    }
}

impl Sink {
    pub(crate) fn wants(&self, event: &Event) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&event.kind))
            && (self.customers.is_empty() || self.customers.contains(&event.customer))
    }

    pub(crate) async fn tell(&self, event: &Event) -> Result<(), NotTold> {
        match &self.way {
            Way::Nats(nats) => nats.tell(event).await,
            Way::Sns(sns) => sns.tell(event).await,
            Way::Sqs(sqs) => sqs.tell(event).await,
        }
    }
}

impl Way {
    fn new(sink: &SinkConfig, timeout: Duration) -> anyhow::Result<Self> {
        Ok(match sink.kind {
            SinkKind::Nats => Self::Nats(nats::Nats::new(sink, timeout)),
            SinkKind::Sns => Self::Sns(sns::Sns::new(sink, timeout)?),
            SinkKind::Sqs => Self::Sqs(sqs::Sqs::new(sink, timeout)?),
        })
    }
}
