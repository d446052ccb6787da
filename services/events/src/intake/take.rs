use std::collections::HashMap;

use catalogue::{
    Catalogue, Error, Expected, ListOperation, ListPatch, ListProperty, NewTiling, Priority,
};
use model::AssetId;
use serde_json::json;
use time::OffsetDateTime;

use super::{
    ObjectChange, ObjectEvent, Rule,
    object_event::read,
    rule::{AssetRule, Found, NoAsset, Purpose, Removed},
};

/// Makes of messages what the rules of their source say.
pub(crate) struct Intake {
    catalogue: Catalogue,
    rules: HashMap<String, Vec<Rule>>,
}

/// Why an event was not acted upon.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    /// It would end the same way.
    #[error(transparent)]
    NoAsset(#[from] NoAsset),
    #[error(transparent)]
    Catalogue(#[from] Error),
}

const FLAG: &str = "origin-removed";

impl Intake {
    pub(crate) fn new(catalogue: Catalogue, rules: HashMap<String, Vec<Rule>>) -> Self {
        Self { catalogue, rules }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.catalogue.now()
    }

    /// Acts upon a message. An error says that it should be heard again; whatever else is wrong with it is kept apart.
    pub(crate) async fn take(&self, source: &str, message: &[u8]) -> Result<(), Error> {
        let events = match read(message) {
            Ok(events) => events,
            Err(fault) => return self.refuse(source, &fault.to_string(), message).await,
        };
        for event in &events {
            let (outcome, reason) = match self.take_one(source, event).await {
                Ok(outcome) => (outcome, None),
                Err(NotTaken::Catalogue(error @ (Error::Unavailable(_) | Error::Schema(_)))) => {
                    return Err(error);
                }
                Err(fault) => ("refused", Some(fault.to_string())),
            };
            metrics::counter!("recto_object_events_total", "outcome" => outcome).increment(1);
            if let Some(reason) = reason {
                let reason = format!("{}/{}: {reason}", event.bucket, event.key);
                self.refuse(source, &reason, message).await?;
            }
        }
        Ok(())
    }

    async fn refuse(&self, source: &str, reason: &str, message: &[u8]) -> Result<(), Error> {
        tracing::info!(source, reason, "a message was kept apart");
        self.catalogue.refuse_message(source, reason, message, self.now()).await
    }

    /// Answers what was done, in a word.
    async fn take_one(&self, source: &str, event: &ObjectEvent) -> Result<&'static str, NotTaken> {
        let rules = self.rules.get(source).into_iter().flatten();
        let found = rules.filter_map(|rule| Some((rule, rule.matches(event)?))).next();
        let Some((rule, found)) = found else { return Ok("passed over") };
        let object = (event.bucket.as_str(), event.key.as_str());
        if let Some(sequencer) = &event.sequencer
            && !self.catalogue.object_event_is_news(object, sequencer).await?
        {
            return Ok("known");
        }
        let outcome = match (&rule.purpose, event.change) {
            (Purpose::Asset(rule), ObjectChange::Appeared) => self.register(rule, &found).await?,
            (Purpose::Asset(rule), ObjectChange::Went) => self.remove(rule, &found).await?,
            (Purpose::Task, ObjectChange::Appeared) => self.enqueue(event).await?,
            (Purpose::Task, ObjectChange::Went) => return Ok("passed over"),
        };
        if let Some(sequencer) = &event.sequencer {
            self.catalogue.remember_object_event(object, sequencer, self.now()).await?;
        }
        Ok(outcome)
    }

    async fn register(
        &self,
        rule: &AssetRule,
        found: &Found<'_>,
    ) -> Result<&'static str, NotTaken> {
        let asset = rule.asset(found)?;
        if rule.removed == Removed::Flag {
            self.flag(&asset.id, ListOperation::Remove).await?;
        }
        self.catalogue.register_asset(&asset, Priority::Normal, self.now()).await?;
        Ok("registered")
    }

    /// As `recto tile --task … --enqueue` does.
    async fn enqueue(&self, event: &ObjectEvent) -> Result<&'static str, NotTaken> {
        let task = format!("s3://{}/{}", event.bucket, event.key);
        let command = json!({ "arguments": ["--task", task] });
        let new = NewTiling { command, shards: 1, images: None };
        let id = self.catalogue.enqueue_tiling(&new, self.now()).await?;
        tracing::info!(task, id, "a site is to be written");
        Ok("queued")
    }

    async fn remove(&self, rule: &AssetRule, found: &Found<'_>) -> Result<&'static str, NotTaken> {
        let id = rule.id(found)?;
        match rule.removed {
            Removed::Ignore => return Ok("passed over"),
            Removed::Flag => self.flag(&id, ListOperation::Add).await?,
            Removed::Delete => {
                match self.catalogue.delete_asset(&id, &Expected::Whatever, self.now()).await {
                    // It was never there, or this was heard before.
                    Ok(()) | Err(Error::NotFound(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok("removed")
    }

    async fn flag(&self, id: &AssetId, operation: ListOperation) -> Result<(), Error> {
        let values = vec![FLAG.to_owned()];
        let patch = ListPatch { property: ListProperty::Tags, operation, values };
        self.catalogue.patch_lists(std::slice::from_ref(id), &patch, self.now()).await.map(drop)
    }
}
