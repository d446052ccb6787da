use catalogue::KeyFields;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A key of a customer, by which machines are known.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Key {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    scope: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    spaces: Option<Vec<u32>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    requests_per_minute: Option<u32>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    expires: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    created: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    last_used: Option<OffsetDateTime>,
}

/// A key with its secret: said once, when it is made.
#[derive(Debug, Serialize)]
pub(crate) struct FreshKey {
    #[serde(flatten)]
    key: Key,
    secret: String,
}

impl Key {
    pub(crate) fn of(key: catalogue::Key, urls: &Urls) -> Self {
        let (created, last_used) = (Some(key.created), key.last_used);
        Self { created, last_used, ..Self::new(key.customer, key.key, key.fields, urls) }
    }

    fn new(customer: u32, key: String, fields: KeyFields, urls: &Urls) -> Self {
        Self {
            id: urls.key(customer, &key),
            class: "vocab:Key",
            key,
            label: fields.label,
            scope: fields.scope.as_str(),
            spaces: fields.spaces,
            requests_per_minute: fields.requests_per_minute,
            expires: fields.expires,
            created: None,
            last_used: None,
        }
    }
}

impl FreshKey {
    pub(crate) fn of(new: catalogue::NewKey, urls: &Urls) -> Self {
        Self { key: Key::new(new.customer, new.key, new.fields, urls), secret: new.secret }
    }
}

const CLASS: Class = Class {
    name: "Key",
    description: "The name and secret by which a customer's machine is known.",
    properties: &[
        Property::given("key", Range::Text, "The user name for HTTP Basic."),
        Property::given("secret", Range::Text, "The password; shown once, when the key is made."),
        Property::settable("label", Range::Text, "What it is for, said to people."),
        Property::settable("scope", Range::Text, "What it opens: read, register or admin."),
        Property::settable("spaces", Range::Numbers, "The spaces it opens; else all of them."),
        Property::settable("requestsPerMinute", Range::Number, "How often it may ask."),
        Property::settable("expires", Range::Moment, "When it ceases to open anything."),
        Property::given("created", Range::Moment, "When it was made."),
        Property::given("lastUsed", Range::Moment, "When it was last used, to the minute."),
    ],
};

impl Resource for Key {
    const CLASS: Class = CLASS;

    fn url(&self) -> &str {
        &self.id
    }
}

impl Resource for FreshKey {
    const CLASS: Class = CLASS;

    fn url(&self) -> &str {
        self.key.url()
    }
}
