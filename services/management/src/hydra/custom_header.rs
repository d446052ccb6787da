use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A header that a customer wants sent with its assets.
#[derive(Debug, Serialize)]
pub(crate) struct CustomHeader {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    key: String,
    value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    space: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl CustomHeader {
    pub(crate) fn of(header: catalogue::CustomHeader, urls: &Urls) -> Self {
        Self {
            id: format!("{}/{}", urls.custom_headers(header.customer), header.id),
            class: "vocab:CustomHeader",
            key: header.key,
            value: header.value,
            space: header.space,
            role: header.role,
            modified: header.modified,
        }
    }
}

impl Resource for CustomHeader {
    const CLASS: Class = Class {
        name: "CustomHeader",
        description: "A header that is sent with images, thumbnails and files.",
        properties: &[
            Property::settable("key", Range::Text, "The header's name."),
            Property::settable("value", Range::Text, "The header's value."),
            Property::settable("space", Range::Number, "With assets of this space alone."),
            Property::settable("role", Range::Text, "With assets that have this role alone."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
