use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A question about assets that addresses can ask by its name.
#[derive(Debug, Serialize)]
pub(crate) struct NamedQuery {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: String,
    global: bool,
    template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    presentation: Option<Value>,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl NamedQuery {
    /// As `customer` sees it, whose own it is, or everybody's.
    pub(crate) fn of(query: catalogue::NamedQuery, customer: u32, urls: &Urls) -> Self {
        Self {
            id: format!("{}/{}", urls.named_queries(customer), query.id),
            class: "vocab:NamedQuery",
            name: query.name,
            global: query.global,
            template: query.template,
            presentation: query.presentation.and_then(|text| serde_json::from_str(&text).ok()),
            modified: query.modified,
        }
    }
}

impl Resource for NamedQuery {
    const CLASS: Class = Class {
        name: "NamedQuery",
        description: "A question about assets that addresses can ask by its name.",
        properties: &[
            Property::settable("name", Range::Text, "Its name in addresses; permanent."),
            Property::settable("global", Range::Truth, "Whether it answers for all customers."),
            Property::settable("template", Range::Text, "What it asks."),
            Property::settable(
                "presentation",
                Range::Structure,
                "What is said of the manifests that it makes.",
            ),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
