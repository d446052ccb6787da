use serde::Serialize;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A key of a customer, by which machines are known.
#[derive(Debug, Serialize)]
pub(crate) struct Key {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    key: String,
}

/// A key with its secret: said once, when it is made.
#[derive(Debug, Serialize)]
pub(crate) struct FreshKey {
    #[serde(flatten)]
    key: Key,
    secret: String,
}

impl Key {
    pub(crate) fn of(customer: u32, key: String, urls: &Urls) -> Self {
        Self { id: urls.key(customer, &key), class: "vocab:Key", key }
    }

    pub(crate) fn with_secret(self, secret: String) -> FreshKey {
        FreshKey { key: self, secret }
    }
}

const CLASS: Class = Class {
    name: "Key",
    description: "The name and secret by which a customer's machine is known.",
    properties: &[
        Property::given("key", Range::Text, "The user name for HTTP Basic."),
        Property::given("secret", Range::Text, "The password; shown once, when the key is made."),
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
