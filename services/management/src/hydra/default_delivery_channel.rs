use catalogue::AssetChannel;
use model::DeliveryChannel;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// The channel and policy that assets of a media type get when nothing is asked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DefaultDeliveryChannel {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    channel: DeliveryChannel,
    policy: String,
    media_type: String,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl DefaultDeliveryChannel {
    pub(crate) fn of(default: catalogue::DefaultDeliveryChannel, urls: &Urls) -> Self {
        let root = urls.default_channels(default.customer, default.space);
        let own = AssetChannel { channel: default.channel, policy: default.policy };
        Self {
            id: format!("{root}/{}", default.id),
            class: "vocab:DefaultDeliveryChannel",
            channel: default.channel,
            policy: urls.named_policy(default.customer, own),
            media_type: default.media_type,
            modified: default.modified,
        }
    }
}

impl Resource for DefaultDeliveryChannel {
    const CLASS: Class = Class {
        name: "DefaultDeliveryChannel",
        description: "What assets of a media type get when nothing is asked for.",
        properties: &[
            Property::settable("channel", Range::Text, "The delivery channel."),
            Property::settable("policy", Range::Text, "A policy of the channel."),
            Property::settable("mediaType", Range::Text, "A media type, image/* or *."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
