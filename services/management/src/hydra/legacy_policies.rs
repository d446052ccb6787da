use serde::Serialize;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// How an asset was made deliverable before delivery channels.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageOptimisationPolicy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: &'static str,
    technical_details: &'static [&'static str],
    global: bool,
}

/// The sizes of thumbnails before delivery channels.
#[derive(Debug, Serialize)]
pub(crate) struct ThumbnailPolicy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: &'static str,
    sizes: &'static [u32],
}

impl ImageOptimisationPolicy {
    pub(crate) fn of(
        id: &str,
        name: &'static str,
        technical_details: &'static [&'static str],
        urls: &Urls,
    ) -> Self {
        let id = format!("{}/{id}", urls.image_optimisation_policies());
        let class = "vocab:ImageOptimisationPolicy";
        Self { id, class, name, technical_details, global: true }
    }
}

impl ThumbnailPolicy {
    pub(crate) fn of(id: &str, name: &'static str, sizes: &'static [u32], urls: &Urls) -> Self {
        let id = format!("{}/{id}", urls.thumbnail_policies());
        Self { id, class: "vocab:ThumbnailPolicy", name, sizes }
    }
}

impl Resource for ImageOptimisationPolicy {
    const CLASS: Class = Class {
        name: "ImageOptimisationPolicy",
        description: "Deprecated: how assets were made deliverable before delivery channels.",
        properties: &[
            Property::given("name", Range::Text, "The name for people."),
            Property::given("technicalDetails", Range::Texts, "The channel and policy it became."),
            Property::given("global", Range::Truth, "Whether it is for all customers."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}

impl Resource for ThumbnailPolicy {
    const CLASS: Class = Class {
        name: "ThumbnailPolicy",
        description: "Deprecated: sizes of thumbnails before delivery channels.",
        properties: &[
            Property::given("name", Range::Text, "The name for people."),
            Property::given("sizes", Range::Numbers, "The longest edges in pixels."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
