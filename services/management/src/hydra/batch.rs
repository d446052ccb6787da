use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Progress, Property, Range, Resource};
use crate::urls::Urls;

/// Assets that were registered together.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Batch {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    submitted: OffsetDateTime,
    count: u64,
    completed: u64,
    errors: u64,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    finished: Option<OffsetDateTime>,
    superseded: bool,
    images: String,
    assets: String,
    error_images: String,
    test: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
}

/// A member of a batch that could not be brought in.
#[derive(Debug, Serialize)]
pub(crate) struct BatchError {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    id: String,
    space: u32,
    error: String,
    #[serde(with = "time::serde::rfc3339")]
    finished: OffsetDateTime,
}

impl Batch {
    pub(crate) fn of(batch: catalogue::Batch, urls: &Urls) -> Self {
        let url = urls.batch(batch.customer, batch.id);
        Self {
            class: "vocab:Batch",
            submitted: batch.submitted,
            count: batch.count,
            completed: batch.completed,
            errors: batch.errors,
            finished: batch.finished,
            superseded: batch.superseded,
            images: format!("{url}/images"),
            assets: format!("{url}/assets"),
            error_images: format!("{url}/errors"),
            test: format!("{url}/test"),
            progress: None,
            url,
        }
    }

    /// With how fast it goes.
    pub(crate) fn with_progress(self, progress: catalogue::Progress) -> Self {
        Self { progress: Some(Progress::of(progress)), ..self }
    }
}

impl BatchError {
    pub(crate) fn of(error: catalogue::BatchError, urls: &Urls) -> Self {
        Self {
            url: urls.image(&error.asset),
            class: "vocab:BatchError",
            id: error.asset.name().to_owned(),
            space: error.asset.space,
            error: error.error,
            finished: error.ended,
        }
    }
}

impl Resource for Batch {
    const CLASS: Class = Class {
        name: "Batch",
        description: "Assets that were registered together.",
        properties: &[
            Property::given("submitted", Range::Moment, "When it was registered."),
            Property::given("count", Range::Number, "How many assets it came with."),
            Property::given("completed", Range::Number, "How many of them are in."),
            Property::given("errors", Range::Number, "How many of them failed."),
            Property::given("finished", Range::Moment, "When the last of them ended."),
            Property::given("superseded", Range::Truth, "Whether all came with others since."),
            Property::given("images", Range::Link, "The assets that came with it last."),
            Property::given("assets", Range::Link, "All assets that ever came with it."),
            Property::given("errorImages", Range::Link, "What failed, and why."),
            Property::given("test", Range::Link, "POST asks whether there is nothing to wait for."),
            Property::given("progress", Range::Structure, "How far it is, and how fast."),
            Progress::PERCENT,
            Progress::RATE,
            Progress::END,
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}

impl Resource for BatchError {
    const CLASS: Class = Class {
        name: "BatchError",
        description: "A member of a batch that could not be brought in.",
        properties: &[
            Property::given("id", Range::Text, "The asset's name."),
            Property::given("space", Range::Number, "The asset's space."),
            Property::given("error", Range::Text, "Why it could not be brought in."),
            Property::given("finished", Range::Moment, "When that was found out."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}
