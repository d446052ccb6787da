use catalogue::JobKind;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// Work that was given up.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeadLetter {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    asset: Option<String>,
    space: u32,
    name: String,
    reason: String,
    attempts: u32,
    #[serde(with = "time::serde::rfc3339")]
    queued: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    given_up: OffsetDateTime,
}

impl DeadLetter {
    pub(crate) fn of(letter: catalogue::DeadLetter, urls: &Urls) -> Self {
        let asset = &letter.asset;
        // What is cleaned up after may be no more; a document is no asset.
        let asset = match letter.kind {
            JobKind::IngestImage | JobKind::IngestTimeBased | JobKind::IngestFile => {
                Some(urls.image(asset))
            }
            JobKind::TakeApart | JobKind::CleanUp | JobKind::Project | JobKind::Tile => None,
        };
        Self {
            url: urls.dead_letter(letter.asset.customer, letter.id),
            class: "vocab:DeadLetter",
            kind: letter.kind.as_str(),
            asset,
            space: letter.asset.space,
            name: letter.asset.name().to_owned(),
            reason: letter.reason,
            attempts: letter.attempts,
            queued: letter.queued,
            given_up: letter.given_up,
        }
    }
}

impl Resource for DeadLetter {
    const CLASS: Class = Class {
        name: "DeadLetter",
        description: "Work that was given up.",
        properties: &[
            Property::given("kind", Range::Text, "What was to be done."),
            Property::given("asset", Range::Link, "The asset that is not in for it."),
            Property::given("space", Range::Number, "The space of what it was for."),
            Property::given("name", Range::Text, "The name of what it was for."),
            Property::given("reason", Range::Text, "Why it was given up."),
            Property::given("attempts", Range::Number, "How often it was tried."),
            Property::given("queued", Range::Moment, "When it was queued."),
            Property::given("givenUp", Range::Moment, "When it was given up."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.given_up)
    }
}
