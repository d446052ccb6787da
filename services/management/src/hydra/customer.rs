use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// An institution that keeps assets here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: String,
    display_name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    administrator: bool,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    spaces: String,
    all_images: String,
    queue: String,
    keys: String,
    delivery_channel_policies: String,
    default_delivery_channels: String,
    origin_strategies: String,
    custom_headers: String,
    storage: String,
    named_queries: String,
    portal_users: String,
    audit: String,
    events: String,
    webhooks: String,
    #[serde(skip)]
    modified: OffsetDateTime,
}

/// All that everybody may know of a customer.
#[derive(Debug, Serialize)]
pub(crate) struct CustomerLink {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
}

impl CustomerLink {
    pub(crate) fn of(customer: &catalogue::Customer, urls: &Urls) -> Self {
        Self { id: urls.customer(customer.id), class: "vocab:Customer" }
    }
}

impl Customer {
    pub(crate) fn of(customer: catalogue::Customer, urls: &Urls) -> Self {
        Self {
            id: urls.customer(customer.id),
            class: "vocab:Customer",
            name: customer.name,
            display_name: customer.display_name,
            administrator: customer.administrator,
            created: customer.created,
            spaces: urls.spaces(customer.id),
            all_images: urls.all_images(customer.id),
            queue: urls.queue(customer.id),
            keys: urls.keys(customer.id),
            delivery_channel_policies: urls.policies(customer.id),
            default_delivery_channels: urls.default_channels(customer.id, None),
            origin_strategies: urls.origin_strategies(customer.id),
            custom_headers: urls.custom_headers(customer.id),
            storage: urls.storage(customer.id, None),
            named_queries: urls.named_queries(customer.id),
            portal_users: urls.portal_users(customer.id),
            audit: urls.audit(customer.id),
            events: urls.events(customer.id),
            webhooks: urls.webhooks(customer.id),
            modified: customer.modified,
        }
    }
}

impl Resource for Customer {
    const CLASS: Class = Class {
        name: "Customer",
        description: "An institution that keeps assets here.",
        properties: &[
            Property::settable("name", Range::Text, "The name in public URLs; permanent."),
            Property::settable("displayName", Range::Text, "The name for people."),
            Property::given("administrator", Range::Truth, "Whether it administers the others."),
            Property::given("created", Range::Moment, "When it was created."),
            Property::given("spaces", Range::Link, "Its spaces."),
            Property::given("allImages", Range::Link, "Its assets, of all spaces."),
            Property::given("queue", Range::Link, "What waits in its batches."),
            Property::given("keys", Range::Link, "Its keys."),
            Property::given("deliveryChannelPolicies", Range::Link, "What it makes of assets."),
            Property::given("defaultDeliveryChannels", Range::Link, "What assets get unasked."),
            Property::given("originStrategies", Range::Link, "How its origins are fetched."),
            Property::given("customHeaders", Range::Link, "What is sent with its assets."),
            Property::given("storage", Range::Link, "How much it keeps."),
            Property::given("namedQueries", Range::Link, "What addresses can ask."),
            Property::given("portalUsers", Range::Link, "People who may use the portal."),
            Property::given("audit", Range::Link, "Who changed what, when."),
            Property::given("events", Range::Link, "What becomes of its assets, as it happens."),
            Property::given("webhooks", Range::Link, "Who is told of it."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
