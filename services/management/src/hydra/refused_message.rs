use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A message from outside that made no sense.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefusedMessage {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    received: OffsetDateTime,
    source: String,
    reason: String,
    message: String,
}

impl RefusedMessage {
    pub(crate) fn of(message: catalogue::RefusedMessage, urls: &Urls) -> Self {
        Self {
            url: format!("{}#{}", urls.refused_messages(), message.id),
            class: "vocab:RefusedMessage",
            received: message.at,
            source: message.source,
            reason: message.reason,
            message: message.message,
        }
    }
}

impl Resource for RefusedMessage {
    const CLASS: Class = Class {
        name: "RefusedMessage",
        description: "A message of a bucket that could not be acted upon.",
        properties: &[
            Property::given("received", Range::Moment, "When it came."),
            Property::given("source", Range::Text, "The source that it came from."),
            Property::given("reason", Range::Text, "Why nothing became of it."),
            Property::given("message", Range::Text, "Its beginning."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}
