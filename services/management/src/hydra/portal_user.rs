use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// A person who may use the portal for a customer.
#[derive(Debug, Serialize)]
pub(crate) struct PortalUser {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    email: String,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    enabled: bool,
    #[serde(skip)]
    modified: OffsetDateTime,
}

impl PortalUser {
    pub(crate) fn of(user: catalogue::PortalUser, urls: &Urls) -> Self {
        Self {
            id: format!("{}/{}", urls.portal_users(user.customer), user.id),
            class: "vocab:PortalUser",
            email: user.email,
            created: user.created,
            enabled: user.enabled,
            modified: user.modified,
        }
    }
}

impl Resource for PortalUser {
    const CLASS: Class = Class {
        name: "PortalUser",
        description: "A person who may use the portal for a customer.",
        properties: &[
            Property::settable("email", Range::Text, "By which the person is known; unique."),
            Property::settable("password", Range::Text, "Never shown."),
            Property::given("created", Range::Moment, "When the person was added."),
            Property::given("enabled", Range::Truth, "Whether the person may come in."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}
