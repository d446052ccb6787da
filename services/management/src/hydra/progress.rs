use catalogue::AssetStage;
use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// How far many assets are: a part of what tells of them all.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Progress {
    percent: u8,
    rate_per_minute: f64,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    estimated_end: Option<OffsetDateTime>,
}

/// Where one asset is on its way in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageProgress {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    image: String,
    stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<u64>,
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    next_attempt: Option<OffsetDateTime>,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Progress {
    /// The properties that it adds to what it is a part of.
    pub(crate) const PERCENT: Property =
        Property::given("percent", Range::Number, "How much of it has ended.");
    pub(crate) const RATE: Property =
        Property::given("ratePerMinute", Range::Decimal, "How many assets ended lately.");
    pub(crate) const END: Property =
        Property::given("estimatedEnd", Range::Moment, "When the last ends if it goes on so.");

    pub(crate) fn of(progress: catalogue::Progress) -> Self {
        let catalogue::Progress { percent, rate_per_minute, estimated_end } = progress;
        // Nobody estimates the second.
        let estimated_end = estimated_end.map(|end| end.replace_nanosecond(0).unwrap_or(end));
        Self { percent, rate_per_minute, estimated_end }
    }
}

impl ImageProgress {
    pub(crate) fn of(progress: catalogue::AssetProgress, urls: &Urls) -> Self {
        let image = urls.image(&progress.id);
        let blank = Self {
            url: urls.image_progress(&progress.id),
            class: "vocab:ImageProgress",
            image,
            stage: "",
            percent: None,
            place: None,
            next_attempt: None,
            attempts: progress.attempts,
            error: progress.error,
        };
        match progress.stage {
            AssetStage::Waiting { place } => Self { stage: "waiting", place, ..blank },
            AssetStage::Paused => Self { stage: "paused", ..blank },
            AssetStage::Sleeping { until } => {
                Self { stage: "toBeTriedAgain", next_attempt: Some(until), ..blank }
            }
            AssetStage::Running { stage, percent } => {
                Self { stage: stage.map_or("begun", |stage| stage.as_str()), percent, ..blank }
            }
            AssetStage::Done => Self { stage: "done", ..blank },
            AssetStage::Failed => Self { stage: "failed", ..blank },
        }
    }
}

impl Resource for ImageProgress {
    const CLASS: Class = Class {
        name: "ImageProgress",
        description: "Where an asset is on its way in.",
        properties: &[
            Property::given("image", Range::Link, "The asset."),
            Property::given(
                "stage",
                Range::Text,
                "waiting, paused, toBeTriedAgain, begun, fetching, converting, storing, done or failed.",
            ),
            Property::given("percent", Range::Number, "How much of the stage is done."),
            Property::given("place", Range::Number, "Its place in the line; 1 comes next."),
            Property::given("nextAttempt", Range::Moment, "When it is tried again."),
            Property::given("attempts", Range::Number, "How often it was begun."),
            Property::given("error", Range::Text, "Why it is not in, after the last attempt."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}
