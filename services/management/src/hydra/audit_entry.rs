use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// One change that somebody asked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntry {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    key: String,
    key_customer: u32,
    method: String,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Value>,
}

impl AuditEntry {
    pub(crate) fn of(entry: catalogue::AuditEntry, urls: &Urls) -> Self {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let attempt = entry.attempt;
        Self {
            id: format!("{}/{}", urls.audit(attempt.customer), entry.id),
            class: "vocab:AuditEntry",
            at: entry.at,
            key: attempt.caller,
            key_customer: attempt.caller_customer,
            method: attempt.method,
            path: attempt.path,
            correlation_id: attempt.correlation_id,
            status: entry.status,
            before: json(attempt.before),
            after: json(entry.after),
        }
    }
}

impl Resource for AuditEntry {
    const CLASS: Class = Class {
        name: "AuditEntry",
        description: "One change that somebody asked for.",
        properties: &[
            Property::given("at", Range::Moment, "When it was asked for."),
            Property::given("key", Range::Text, "The key of whoever asked."),
            Property::given("keyCustomer", Range::Number, "Whose key that is."),
            Property::given("method", Range::Text, "How HTTP calls the change."),
            Property::given("path", Range::Text, "What was to be changed."),
            Property::given("correlationId", Range::Text, "What the caller called the request."),
            Property::given("status", Range::Number, "How it ended; absent if nobody knows."),
            Property::given("before", Range::Structure, "What there was before."),
            Property::given("after", Range::Structure, "What was answered."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
