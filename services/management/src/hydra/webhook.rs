use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// An address that is told what happens in a customer's library.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Webhook {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(rename = "url")]
    target: String,
    events: Vec<&'static str>,
    enabled: bool,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    last_delivery: Option<OffsetDateTime>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    test: Option<Test>,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(skip)]
    modified: OffsetDateTime,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Trouble {
    failures: u32,
    #[serde(with = "time::serde::rfc3339")]
    failing_since: OffsetDateTime,
    last_error: String,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    next_attempt: Option<OffsetDateTime>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Test {
    #[serde(with = "time::serde::rfc3339")]
    last_test: OffsetDateTime,
    /// Absent while it is to be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    test_result: Option<String>,
}

/// A webhook with its secret: said once, when it is made.
#[derive(Debug, Serialize)]
pub(crate) struct FreshWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    secret: String,
}

impl Webhook {
    pub(crate) fn of(webhook: catalogue::Webhook, urls: &Urls) -> Self {
        let enabled = webhook.enabled;
        let trouble = webhook.trouble.map(|trouble| Trouble {
            failures: trouble.failures,
            failing_since: trouble.since,
            last_error: trouble.error,
            next_attempt: enabled.then_some(trouble.next),
        });
        let test = webhook.ping.map(|ping| match ping.answer {
            Some((at, answer)) => Test { last_test: at, test_result: Some(answer) },
            None => Test { last_test: ping.asked, test_result: None },
        });
        Self {
            url: format!("{}/{}", urls.webhooks(webhook.customer), webhook.id),
            class: "vocab:Webhook",
            target: webhook.url,
            events: webhook.kinds.into_iter().map(catalogue::EventKind::as_str).collect(),
            enabled,
            last_delivery: webhook.told,
            trouble,
            test,
            created: webhook.created,
            modified: webhook.modified,
        }
    }
}

impl FreshWebhook {
    pub(crate) fn of(new: catalogue::NewWebhook, urls: &Urls) -> Self {
        Self { webhook: Webhook::of(new.webhook, urls), secret: new.secret }
    }
}

const CLASS: Class = Class {
    name: "Webhook",
    description: "An address that is told what happens.",
    properties: &[
        Property::settable("url", Range::Text, "Where events are sent by POST."),
        Property::settable("secret", Range::Text, "What signs them; shown once, if made up."),
        Property::settable("events", Range::Texts, "The kinds it is told of; else all."),
        Property::settable("enabled", Range::Truth, "Whether it is told; not, if it failed often."),
        Property::given("lastDelivery", Range::Moment, "When it was last told something."),
        Property::given("failures", Range::Number, "How often it failed in a row."),
        Property::given("failingSince", Range::Moment, "Since when."),
        Property::given("lastError", Range::Text, "What happened the last time."),
        Property::given("nextAttempt", Range::Moment, "When it is tried again."),
        Property::given("lastTest", Range::Moment, "When it was last tried at its owner's wish."),
        Property::given("testResult", Range::Text, "What came back; absent while it is tried."),
        Property::given("created", Range::Moment, "When it was made."),
    ],
};

impl Resource for Webhook {
    const CLASS: Class = CLASS;

    fn url(&self) -> &str {
        &self.url
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}

impl Resource for FreshWebhook {
    const CLASS: Class = CLASS;

    fn url(&self) -> &str {
        self.webhook.url()
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        self.webhook.changed()
    }
}
