use serde::Serialize;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A way of fetching origins that the platform knows.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OriginStrategy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: String,
    requires_credentials: bool,
}

impl OriginStrategy {
    pub(crate) fn of(strategy: catalogue::OriginStrategy, urls: &Urls) -> Self {
        Self {
            id: urls.platform_strategy(&strategy.id),
            class: "vocab:OriginStrategy",
            name: strategy.id,
            requires_credentials: strategy.requires_credentials,
        }
    }
}

impl Resource for OriginStrategy {
    const CLASS: Class = Class {
        name: "OriginStrategy",
        description: "A way of fetching origins that the platform knows.",
        properties: &[
            Property::given("name", Range::Text, "By which it is referred to."),
            Property::given("requiresCredentials", Range::Truth, "Whether it needs credentials."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
