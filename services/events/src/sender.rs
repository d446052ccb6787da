use std::{sync::Arc, time::Duration};

use catalogue::{Catalogue, Event, Listener, Target};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    config::EventsConfig,
    sinks::{NotTold, Sinks, Webhooks},
};

/// Tells everybody what they have not heard yet, as many at once as configured, until it is told to stop.
pub struct Sender {
    catalogue: Catalogue,
    config: EventsConfig,
    webhooks: Webhooks,
    sinks: Sinks,
    /// Who holds the leases.
    name: String,
}

/// How many events are read at once, and how many a listener is told before others have their turn.
const AT_ONCE: u32 = 50;
const TURN: u32 = 20;

/// How long to wait before the catalogue is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// How often what is old is forgotten.
const TIDY: Duration = Duration::from_secs(600);

/// Where a listener is.
enum Whither {
    Webhook(Target),
    Sink,
    /// It was deleted, or is not in this process's configuration.
    Nowhere,
}

impl Sender {
    pub fn new(catalogue: Catalogue, config: &EventsConfig) -> anyhow::Result<Self> {
        let name = format!("sender-{}", uuid::Uuid::new_v4().simple());
        let (webhooks, sinks) = (Webhooks::new(config)?, Sinks::new(config)?);
        Ok(Self { catalogue, config: config.clone(), webhooks, sinks, name })
    }

    /// Tells until `stop`; what was begun then is ended, and the rest told by whoever comes next.
    pub async fn run(self, stop: CancellationToken) {
        let sender = Arc::new(self);
        let tidying = tokio::spawn(sender.clone().tidy(stop.clone()));
        let known = stop.run_until_cancelled(sender.make_known()).await;
        let mut bell = sender.catalogue.event_bell();
        let mut telling = JoinSet::new();
        while known.is_some() && !stop.is_cancelled() {
            while telling.try_join_next().is_some() {}
            if telling.len() >= sender.config.senders.max(1) {
                telling.join_next().await;
                continue;
            }
            match sender.next().await {
                Ok(Some(listener)) => {
                    telling.spawn(sender.clone().attend_to(listener, stop.clone()));
                }
                Ok(None) => drop(stop.run_until_cancelled(bell.wait()).await),
                Err(error) => {
                    tracing::warn!(?error, "nobody can be told what happened");
                    stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                }
            }
        }
        telling.join_all().await;
        if let Err(error) = tidying.await {
            tracing::error!(?error, "old events were not forgotten");
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.catalogue.now()
    }

    async fn make_known(&self) {
        let names = self.sinks.names();
        while let Err(error) = self.catalogue.keep_sinks(&names, self.now()).await {
            tracing::warn!(?error, "the sinks can't be made known");
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Whoever is behind and has waited longest.
    async fn next(&self) -> Result<Option<Listener>, catalogue::Error> {
        self.catalogue.line_up_events().await?;
        let (names, lease) = (self.sinks.names(), self.config.lease());
        self.catalogue.claim_listener(&names, &self.name, lease, self.now()).await
    }

    #[tracing::instrument(skip_all, fields(listener = %listener.id))]
    async fn attend_to(self: Arc<Self>, listener: Listener, stop: CancellationToken) {
        if let Err(error) = self.tell(listener, &stop).await {
            tracing::error!(?error, "it can't be written down what was told; the lease ends");
        }
    }

    async fn tell(
        &self,
        mut listener: Listener,
        stop: &CancellationToken,
    ) -> Result<(), catalogue::Error> {
        let whither = self.whither(&listener).await?;
        if listener.ping.is_some() {
            let answer = match &whither {
                Whither::Webhook(target) => self.webhooks.ping(target, self.now()).await,
                Whither::Sink | Whither::Nowhere => "it is no webhook".to_owned(),
            };
            self.catalogue.listener_was_pinged(&listener, &answer, self.now()).await?;
        }
        for _ in 0..TURN {
            let is_over = !listener.enabled || matches!(whither, Whither::Nowhere);
            if is_over || stop.is_cancelled() {
                break;
            }
            let events = self.catalogue.next_events(&listener, AT_ONCE).await?;
            if events.is_empty() || !self.tell_these(&mut listener, &whither, &events, stop).await?
            {
                break;
            }
        }
        self.catalogue.release_listener(&listener, self.now()).await
    }

    /// One after the other; `false` if it is not to be told more now.
    async fn tell_these(
        &self,
        listener: &mut Listener,
        whither: &Whither,
        events: &[Event],
        stop: &CancellationToken,
    ) -> Result<bool, catalogue::Error> {
        for event in events {
            if stop.is_cancelled() {
                break;
            }
            if self.wants(listener, event) {
                if let Err(failure) = self.tell_one(listener, whither, event).await {
                    self.fail(listener, &failure).await?;
                    return Ok(false);
                }
                let lease = self.config.lease();
                let told =
                    self.catalogue.listener_was_told(listener, event.place, lease, self.now());
                if !told.await? {
                    return Ok(false);
                }
                listener.failures = 0;
            }
            listener.place = event.place;
        }
        // What came last may have been of no interest.
        self.catalogue.listener_was_spared(listener, listener.place).await
    }

    async fn whither(&self, listener: &Listener) -> Result<Whither, catalogue::Error> {
        if listener.customer.is_none() {
            let known = self.sinks.get(&listener.id).is_some();
            return Ok(if known { Whither::Sink } else { Whither::Nowhere });
        }
        let target = self.catalogue.webhook_target(listener).await?;
        Ok(target.map_or(Whither::Nowhere, Whither::Webhook))
    }

    fn wants(&self, listener: &Listener, event: &Event) -> bool {
        match self.sinks.get(&listener.id).filter(|_| listener.customer.is_none()) {
            Some(sink) => sink.wants(event),
            None => listener.kinds.is_empty() || listener.kinds.contains(&event.kind),
        }
    }

    async fn tell_one(
        &self,
        listener: &Listener,
        whither: &Whither,
        event: &Event,
    ) -> Result<(), NotTold> {
        let told = match (whither, self.sinks.get(&listener.id)) {
            (Whither::Webhook(target), _) => self.webhooks.tell(target, event, self.now()).await,
            (Whither::Sink, Some(sink)) => sink.tell(event).await,
            (Whither::Sink | Whither::Nowhere, _) => Ok(()),
        };
        let outcome = if told.is_ok() { "told" } else { "failed" };
        metrics::counter!("recto_events_total", "outcome" => outcome).increment(1);
        told
    }

    /// A webhook that fails for good, or too often, is its owner's to enable again; a sink is never given up.
    async fn fail(&self, listener: &Listener, failure: &NotTold) -> Result<(), catalogue::Error> {
        let is_webhook = listener.customer.is_some();
        let is_final = match failure {
            NotTold::Refused(_) => true,
            NotTold::Failed(_) => listener.failures + 1 >= self.config.webhook_failures,
        };
        let is_given_up = is_webhook && is_final;
        let reason = failure.to_string();
        if is_webhook {
            // Its owner's trouble, who sees it.
            tracing::info!(reason, is_given_up, "a webhook could not be told");
        } else {
            tracing::warn!(reason, "a sink could not be told");
        }
        let pause = back_off(listener.failures, is_webhook);
        let after = (pause, is_given_up);
        self.catalogue.listener_failed(listener, &reason, after, self.now()).await.map(|_| ())
    }

    async fn tidy(self: Arc<Self>, stop: CancellationToken) {
        let days = time::Duration::days(self.config.keep_days.into());
        while !stop.is_cancelled() {
            if let Err(error) = self.catalogue.forget_intake(self.now() - days).await {
                tracing::warn!(?error, "what was heard long ago can't be forgotten");
            }
            match self.catalogue.forget_events(self.now() - days).await {
                Ok(0) => {}
                Ok(events) => tracing::info!(events, "old events were forgotten"),
                Err(error) => tracing::warn!(?error, "old events can't be forgotten"),
            }
            stop.run_until_cancelled(tokio::time::sleep(TIDY)).await;
        }
    }
}

/// Two seconds, then twice as long each time: up to an hour for a webhook, a minute for a sink.
fn back_off(failures: u32, is_webhook: bool) -> Duration {
    let longest = if is_webhook { 3600 } else { 60 };
    Duration::from_secs(2_u64.saturating_pow(failures.saturating_add(1)).min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_waits_longer_up_to_an_hour() {
        let seconds = |failures| back_off(failures, true).as_secs();
        assert_eq!([seconds(0), seconds(1), seconds(5), seconds(11)], [2, 4, 64, 3600]);
        assert_eq!(back_off(u32::MAX, false).as_secs(), 60);
    }
}
