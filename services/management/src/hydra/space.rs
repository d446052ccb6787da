use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A part of a customer's collection.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Space {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    id: u32,
    name: String,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    approximate_number_of_images: i64,
    default_tags: Vec<String>,
    default_roles: Vec<String>,
    max_unauthorised: i32,
    images: String,
    default_delivery_channels: String,
    storage: String,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl Space {
    pub(crate) fn of(space: catalogue::Space, urls: &Urls) -> Self {
        Self {
            url: urls.space(space.customer, space.id),
            class: "vocab:Space",
            id: space.id,
            name: space.name,
            created: space.created,
            approximate_number_of_images: space.approximate_number_of_images,
            default_tags: space.default_tags,
            default_roles: space.default_roles,
            max_unauthorised: space.max_unauthorised,
            images: urls.images(space.customer, space.id),
            default_delivery_channels: urls.default_channels(space.customer, Some(space.id)),
            storage: urls.storage(space.customer, Some(space.id)),
            modified: space.modified,
        }
    }
}

impl Resource for Space {
    const CLASS: Class = Class {
        name: "Space",
        description: "A part of a customer's collection.",
        properties: &[
            Property::given("id", Range::Number, "Its number, unique for the customer."),
            Property::settable("name", Range::Text, "Its name, unique for the customer."),
            Property::given("created", Range::Moment, "When it was created."),
            Property::given("approximateNumberOfImages", Range::Number, "How many assets it has."),
            Property::settable("defaultTags", Range::Texts, "Tags that new assets get."),
            Property::settable("defaultRoles", Range::Texts, "Roles that new assets get."),
            Property::settable("maxUnauthorised", Range::Number, "Deprecated: kept, not applied."),
            Property::given("images", Range::Link, "Its assets."),
            Property::given("defaultDeliveryChannels", Range::Link, "What assets get unasked."),
            Property::given("storage", Range::Link, "How much it keeps."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
