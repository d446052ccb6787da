use std::time::Duration;

use aws_lc_rs::digest;
use catalogue::{Event, EventKind};
use serde_json::json;

use super::NotTold;
use crate::{
    aws::{Aws, region_of_queue},
    config::SinkConfig,
};

/// Tells a queue of SQS, in the words that the DLCS has for its topics.
pub(crate) struct Sqs {
    aws: Aws,
    queue: String,
}

impl Sqs {
    pub(super) fn new(sink: &SinkConfig, timeout: Duration) -> anyhow::Result<Self> {
        let queue = sink.url.expose().to_owned();
        let region = region_of_queue(&queue);
        let aws = Aws::new("sqs", &sink.account(), region.as_deref(), timeout)?;
        Ok(Self { aws, queue })
    }

    pub(super) async fn tell(&self, event: &Event) -> Result<(), NotTold> {
        let attributes = attributes(event).into_iter().map(|(name, value)| {
            (name.to_owned(), json!({"DataType": "String", "StringValue": value}))
        });
        let attributes: serde_json::Map<_, _> = attributes.collect();
        let mut message = json!({
            "QueueUrl": self.queue,
            "MessageBody": event.body().to_string(),
            "MessageAttributes": attributes,
        });
        if self.queue.ends_with(".fifo") {
            message["MessageGroupId"] = group(event).into();
            message["MessageDeduplicationId"] = event.place.to_string().into();
        }
        self.aws.ask("AmazonSQS.SendMessage", &message).await?;
        Ok(())
    }
}

/// What stands beside a message: the DLCS's words, and what we would say.
pub(super) fn attributes(event: &Event) -> Vec<(&'static str, String)> {
    let mut attributes =
        vec![("event", event.kind.as_str().to_owned()), ("eventId", event.place.to_string())];
    if let Some(message_type) = event.kind.message_type() {
        attributes.push(("messageType", message_type.to_owned()));
        if event.engine_notified {
            attributes.push(("engineNotified", "True".to_owned()));
        }
    }
    if event.kind == EventKind::BatchCompleted {
        attributes.push(("CustomerId", event.customer.to_string()));
    }
    attributes
}

/// What is about the same thing stays in order; a name of an asset may be anything, and a group's may not.
pub(super) fn group(event: &Event) -> String {
    let digest = digest::digest(&digest::SHA256, event.subject().as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
