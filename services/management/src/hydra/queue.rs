use catalogue::{CustomerQueue, JobKind, JobsWaiting, Priority};
use serde::Serialize;

use super::{Class, Progress, Property, Range, Resource};
use crate::urls::Urls;

/// What waits in a customer's batches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Queue {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    size: u64,
    batches_waiting: u64,
    images_waiting: u64,
    paused: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Progress>,
    batches: String,
    active: String,
    recent: String,
    dead_letters: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
}

/// What waits on the whole platform; the three before the last are the DLCS's, and always nothing.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QueueSummary {
    #[serde(rename = "@id")]
    url: String,
    #[serde(rename = "@type")]
    class: &'static str,
    incoming: u64,
    priority: u64,
    timebased: u64,
    file: u64,
    transcode_complete: u64,
    failed: u64,
    success: u64,
    paused: bool,
}

impl Queue {
    pub(crate) fn of(customer: u32, waiting: CustomerQueue, urls: &Urls) -> Self {
        let queue = urls.queue(customer);
        Self {
            url: queue.clone(),
            class: "vocab:Queue",
            size: waiting.images_waiting,
            batches_waiting: waiting.batches_waiting,
            images_waiting: waiting.images_waiting,
            paused: waiting.paused,
            progress: None,
            batches: format!("{queue}/batches"),
            active: format!("{queue}/active"),
            recent: format!("{queue}/recent"),
            dead_letters: format!("{queue}/deadLetters"),
            priority: Some(format!("{queue}/priority")),
        }
    }

    /// With how fast it goes, if something waits.
    pub(crate) fn with_progress(self, progress: Option<catalogue::Progress>) -> Self {
        Self { progress: progress.map(Progress::of), ..self }
    }

    pub(crate) fn priority_of(customer: u32, waiting: CustomerQueue, urls: &Urls) -> Self {
        let queue = Self::of(customer, waiting, urls);
        Self { url: format!("{}/priority", queue.url), priority: None, ..queue }
    }
}

impl QueueSummary {
    pub(crate) fn of(waiting: &[JobsWaiting], paused: bool, urls: &Urls) -> Self {
        let count = |is_meant: &dyn Fn(&JobsWaiting) -> bool| {
            waiting.iter().filter(|jobs| is_meant(jobs)).map(|jobs| jobs.count).sum()
        };
        let is_urgent = |jobs: &JobsWaiting| jobs.priority < Priority::Normal;
        Self {
            url: urls.queue_summary(),
            class: "vocab:QueueSummary",
            incoming: count(&|jobs| {
                matches!(jobs.kind, JobKind::IngestImage | JobKind::TakeApart) && !is_urgent(jobs)
            }),
            priority: count(&|jobs| jobs.kind == JobKind::IngestImage && is_urgent(jobs)),
            timebased: count(&|jobs| jobs.kind == JobKind::IngestTimeBased),
            file: count(&|jobs| jobs.kind == JobKind::IngestFile),
            transcode_complete: 0,
            failed: 0,
            success: 0,
            paused,
        }
    }
}

impl Resource for Queue {
    const CLASS: Class = Class {
        name: "Queue",
        description: "What waits in a customer's batches.",
        properties: &[
            Property::given("size", Range::Number, "How many assets wait."),
            Property::given("batchesWaiting", Range::Number, "How many batches are unfinished."),
            Property::given("imagesWaiting", Range::Number, "How many assets wait in them."),
            Property::given("paused", Range::Truth, "Whether nothing of it is begun."),
            Property::given("progress", Range::Structure, "How far all is, and how fast."),
            Progress::PERCENT,
            Progress::RATE,
            Progress::END,
            Property::given("batches", Range::Link, "All batches."),
            Property::given("active", Range::Link, "The batches that are unfinished."),
            Property::given("recent", Range::Link, "The batches that are finished."),
            Property::given("deadLetters", Range::Link, "What was given up."),
            Property::given("priority", Range::Link, "The queue of images that come first."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}

impl Resource for QueueSummary {
    const CLASS: Class = Class {
        name: "QueueSummary",
        description: "What waits on the whole platform.",
        properties: &[
            Property::given("incoming", Range::Number, "Images."),
            Property::given("priority", Range::Number, "Images that come before others."),
            Property::given("timebased", Range::Number, "Audio and video."),
            Property::given("file", Range::Number, "Files that are delivered as they are."),
            Property::given("transcodeComplete", Range::Number, "Always 0."),
            Property::given("failed", Range::Number, "Always 0."),
            Property::given("success", Range::Number, "Always 0."),
            Property::given("paused", Range::Truth, "Whether all queues are paused."),
        ],
    };

    fn url(&self) -> &str {
        &self.url
    }
}
