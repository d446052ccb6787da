use model::DeliveryChannel;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// What is made of an asset for one delivery channel.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeliveryChannelPolicy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    channel: DeliveryChannel,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy_data: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    policy_created: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    policy_modified: OffsetDateTime,
}

/// Where the policies of one channel are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PoliciesLink {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    title: String,
    total_items: usize,
}

impl PoliciesLink {
    pub(crate) fn new(customer: u32, channel: DeliveryChannel, count: usize, urls: &Urls) -> Self {
        Self {
            id: format!("{}/{channel}", urls.policies(customer)),
            class: "Collection",
            title: format!("Policies for the delivery channel {channel}"),
            total_items: count,
        }
    }
}

impl DeliveryChannelPolicy {
    /// As `customer` sees it, whose own it is, or the system's.
    pub(crate) fn of(policy: catalogue::DeliveryChannelPolicy, customer: u32, urls: &Urls) -> Self {
        Self {
            id: urls.policy(customer, policy.channel.as_str(), &policy.name),
            class: "vocab:DeliveryChannelPolicy",
            name: policy.name,
            display_name: policy.display_name,
            channel: policy.channel,
            policy_data: policy.data,
            policy_created: policy.created,
            policy_modified: policy.modified,
        }
    }
}

impl Resource for DeliveryChannelPolicy {
    const CLASS: Class = Class {
        name: "DeliveryChannelPolicy",
        description: "What is made of an asset for one delivery channel.",
        properties: &[
            Property::settable("name", Range::Text, "Its name, unique for the channel; permanent."),
            Property::settable("displayName", Range::Text, "The name for people."),
            Property::given("channel", Range::Text, "The delivery channel."),
            Property::settable("policyData", Range::Text, "Sizes or presets: a JSON array."),
            Property::given("policyCreated", Range::Moment, "When it was created."),
            Property::given("policyModified", Range::Moment, "When it was last changed."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.policy_modified)
    }
}
