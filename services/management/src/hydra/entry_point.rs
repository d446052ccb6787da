use serde::Serialize;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// The door: from here a client finds everything else.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryPoint {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    customers: String,
    origin_strategies: String,
    storage_policies: String,
    image_optimisation_policies: String,
    thumbnail_policies: String,
    documentation: String,
    openapi: String,
}

impl EntryPoint {
    pub(crate) fn of(urls: &Urls) -> Self {
        Self {
            id: urls.entry_point(),
            class: "vocab:EntryPoint",
            customers: urls.customers(),
            origin_strategies: urls.platform_strategies(),
            storage_policies: urls.storage_policies(),
            image_optimisation_policies: urls.image_optimisation_policies(),
            thumbnail_policies: urls.thumbnail_policies(),
            documentation: urls.reference(),
            openapi: urls.openapi(),
        }
    }
}

impl Resource for EntryPoint {
    const CLASS: Class = Class {
        name: "EntryPoint",
        description: "The start of the API.",
        properties: &[
            Property::given("customers", Range::Link, "All customers."),
            Property::given("originStrategies", Range::Link, "How origins can be fetched."),
            Property::given("storagePolicies", Range::Link, "How much may be kept."),
            Property::given("imageOptimisationPolicies", Range::Link, "Deprecated."),
            Property::given("thumbnailPolicies", Range::Link, "Deprecated."),
            Property::given("documentation", Range::Link, "The reference, for people."),
            Property::given("openapi", Range::Link, "The same for programs: OpenAPI."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
