use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// How a customer wants the origins fetched that match a regex.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerOriginStrategy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    regex: String,
    strategy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    credentials: Option<&'static str>,
    optimised: bool,
    order: i32,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl CustomerOriginStrategy {
    pub(crate) fn of(strategy: catalogue::CustomerOriginStrategy, urls: &Urls) -> Self {
        let root = urls.origin_strategies(strategy.customer);
        Self {
            id: format!("{root}/{}", strategy.id),
            class: "vocab:CustomerOriginStrategy",
            regex: strategy.regex,
            strategy: urls.platform_strategy(&strategy.strategy),
            credentials: strategy.has_credentials.then_some("xxx"),
            optimised: strategy.optimised,
            order: strategy.order,
            modified: strategy.modified,
        }
    }
}

impl Resource for CustomerOriginStrategy {
    const CLASS: Class = Class {
        name: "CustomerOriginStrategy",
        description: "How a customer wants the origins fetched that match a regex.",
        properties: &[
            Property::settable("regex", Range::Text, "Matched anywhere in an origin, in any case."),
            Property::settable("strategy", Range::Link, "One of the platform's strategies."),
            Property::settable("credentials", Range::Text, "What opens the origin; never shown."),
            Property::settable(
                "optimised",
                Range::Truth,
                "Whether originals stay where they are and are served from there; of s3-ambient alone.",
            ),
            Property::settable("order", Range::Number, "Of several that match, the lowest counts."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
