use serde::Serialize;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// The door: from here a client finds everything else.
#[derive(Debug, Serialize)]
pub(crate) struct EntryPoint {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    customers: String,
}

impl EntryPoint {
    pub(crate) fn of(urls: &Urls) -> Self {
        Self { id: urls.entry_point(), class: "vocab:EntryPoint", customers: urls.customers() }
    }
}

impl Resource for EntryPoint {
    const CLASS: Class = Class {
        name: "EntryPoint",
        description: "The start of the API.",
        properties: &[Property::given("customers", Range::Link, "All customers.")],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
