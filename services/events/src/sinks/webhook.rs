use catalogue::{Event, Target};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use web::{Answer, Guard, NotSent, Poster};

use super::NotTold;
use crate::{config::EventsConfig, signature::sign};

/// Tells customers' webhooks: a signed POST for every event.
pub(crate) struct Webhooks {
    poster: Poster,
}

/// What was here, and is no more: nobody needs to be told again.
const GONE: u16 = 410;

impl Webhooks {
    pub(crate) fn new(config: &EventsConfig) -> anyhow::Result<Self> {
        let guard = Guard::new(&config.private_hosts);
        Ok(Self { poster: Poster::guarded(guard, config.timeout())? })
    }

    pub(crate) async fn tell(
        &self,
        target: &Target,
        event: &Event,
        now: OffsetDateTime,
    ) -> Result<(), NotTold> {
        let (kind, id) = (event.kind.as_str(), event.place.to_string());
        self.post(target, (kind, id), &event.envelope(), now).await.map(|_| ())
    }

    /// Says nothing but that it could; answers what came back.
    pub(crate) async fn ping(&self, target: &Target, now: OffsetDateTime) -> String {
        let id = format!("ping-{}", now.unix_timestamp_nanos());
        let envelope = json!({
            "specversion": "1.0",
            "id": id,
            "source": "/webhooks",
            "type": "ping",
            "time": now.format(&Rfc3339).unwrap_or_default(),
            "datacontenttype": "application/json",
            "data": {},
        });
        match self.post(target, ("ping", id), &envelope, now).await {
            Ok(status) => format!("it answered {status}"),
            Err(failure) => failure.to_string(),
        }
    }

    async fn post(
        &self,
        target: &Target,
        (kind, id): (&str, String),
        envelope: &Value,
        now: OffsetDateTime,
    ) -> Result<u16, NotTold> {
        let body = envelope.to_string();
        let signature = sign(&target.secret, now.unix_timestamp(), body.as_bytes());
        let headers = [
            ("content-type", "application/cloudevents+json; charset=utf-8".to_owned()),
            ("x-recto-event", kind.to_owned()),
            ("x-recto-delivery", id),
            ("x-recto-signature", signature),
        ];
        match self.poster.post(&target.url, &headers, body).await {
            Ok(answer) if answer.is_success() => Ok(answer.status),
            Ok(Answer { status: GONE, .. }) => {
                Err(NotTold::Refused("it answered 410: nobody is there any more".to_owned()))
            }
            Ok(Answer { status, .. }) => Err(NotTold::Failed(format!("it answered {status}"))),
            Err(NotSent::Refused(reason)) => Err(NotTold::Refused(reason)),
            Err(NotSent::Failed(reason)) => Err(NotTold::Failed(reason)),
        }
    }
}
