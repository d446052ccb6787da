use std::{fmt, time::Duration};

use model::AssetId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{Catalogue, Error};

/// The number of a job; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub i64);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobKind {
    /// Fetch an image and make what its channels need.
    IngestImage,
    /// The same for audio and video.
    IngestTimeBased,
    /// Fetch bytes that are delivered as they are.
    IngestFile,
    /// Remove what a deleted asset or an older version left in the storage.
    CleanUp,
}

/// Which jobs come first; within a priority, the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Priority {
    /// Somebody waits for the answer.
    Immediate,
    Priority,
    #[default]
    Normal,
    /// Whenever nothing else is to do.
    Background,
}

/// A job that a worker holds, until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub kind: JobKind,
    pub asset: AssetId,
    /// The version to make; what is made for it goes under keys that carry it.
    pub version: u64,
    pub priority: Priority,
    /// How often it was begun, this time included.
    pub attempts: u32,
    pub max_attempts: u32,
    /// Who holds it.
    pub worker: String,
    pub created: OffsetDateTime,
    /// What a clean-up removes; empty for every other kind.
    pub leftovers: Leftovers,
}

/// What is in the storage and nobody needs any more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Leftovers {
    /// Versions of the asset of which everything can go.
    pub versions: Vec<u64>,
    /// Keys of bytes that once came with a registration.
    pub uploads: Vec<String>,
}

/// What became of a job that was waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// It is done, or a newer job took its place: the asset tells the result.
    Ended,
    /// It was given up, for this reason.
    GivenUp(String),
    /// It is still waiting or running.
    TimedOut,
}

/// What becomes of a job that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It will be tried again.
    Retried,
    /// It had its last attempt and was given up.
    GivenUp,
    /// It is no longer this worker's: its lease ended, or a newer job took its place.
    Lost,
}

/// How many jobs of one kind and priority are where, for the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDepth {
    pub kind: JobKind,
    pub priority: Priority,
    pub waiting: u64,
    pub running: u64,
    pub given_up: u64,
    /// When the oldest of those waiting was queued.
    pub oldest: Option<OffsetDateTime>,
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Catalogue {
    pub async fn queue_depths(&self) -> Result<Vec<QueueDepth>, Error> {
        todo!()
    }

    /// Returns when there may be a job to claim: one was queued here, or a second has passed.
    pub async fn wait_for_jobs(&self) {
        todo!()
    }

    /// Waits until a job has ended, wherever it is done.
    pub async fn wait_for_job(&self, _job: JobId, _timeout: Duration) -> Result<JobEnd, Error> {
        todo!()
    }
}
