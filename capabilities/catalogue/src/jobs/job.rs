use std::{fmt, str::FromStr, sync::Arc};

use model::AssetId;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

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
    /// Make assets of the pages of a document; it is named by a composite, and no asset.
    TakeApart,
    /// Remove what a deleted asset or an older version left in the storage.
    CleanUp,
    /// Make one file of what a named query finds.
    Project,
    /// Write a part of a site, or what only the whole can: the version says which. It is named by a tiling, and no asset.
    Tile,
}

/// Which jobs come first; within a priority customers take turns, and the oldest of each comes first.
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
    /// What it is for; of a projection, its id, in space 0.
    pub asset: AssetId,
    /// The version to make; what is made for it goes under keys that carry it.
    pub version: u64,
    pub priority: Priority,
    /// How often it was taken up, this time included.
    pub claims: u32,
    /// The same without most of those whose worker died.
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

/// How many jobs of one kind and priority are still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsWaiting {
    pub kind: JobKind,
    pub priority: Priority,
    pub count: u64,
}

impl JobKind {
    pub const ALL: [Self; 7] = [
        Self::IngestImage,
        Self::IngestTimeBased,
        Self::IngestFile,
        Self::TakeApart,
        Self::CleanUp,
        Self::Project,
        Self::Tile,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::IngestImage => "ingest-image",
            Self::IngestTimeBased => "ingest-time-based",
            Self::IngestFile => "ingest-file",
            Self::TakeApart => "take-apart",
            Self::CleanUp => "clean-up",
            Self::Project => "project",
            Self::Tile => "tile",
        }
    }

    /// Does the job end with a result for its asset?
    pub fn is_ingest(self) -> bool {
        match self {
            Self::IngestImage | Self::IngestTimeBased | Self::IngestFile => true,
            Self::TakeApart | Self::CleanUp | Self::Project | Self::Tile => false,
        }
    }
}

impl Priority {
    const ALL: [Self; 4] = [Self::Immediate, Self::Priority, Self::Normal, Self::Background];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Immediate => "immediate",
            Self::Priority => "priority",
            Self::Normal => "normal",
            Self::Background => "background",
        }
    }

    pub(crate) fn rank(self) -> i64 {
        self as i64
    }

    fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.rank() == rank)
    }
}

impl Catalogue {
    /// Counts all jobs: for the metrics, not for every request.
    pub async fn queue_depths(&self) -> Result<Vec<QueueDepth>, Error> {
        let sql = "SELECT kind, priority,
            COUNT(CASE WHEN state <> 'dead' AND worker IS NULL THEN 1 END) AS waiting,
            COUNT(CASE WHEN worker IS NOT NULL THEN 1 END) AS running,
            COUNT(CASE WHEN state = 'dead' THEN 1 END) AS given_up,
            MIN(CASE WHEN state <> 'dead' AND worker IS NULL THEN created END) AS oldest
            FROM job GROUP BY kind, priority ORDER BY kind, priority";
        query::all(self.database().reader(), sql, []).await
    }
}

impl Catalogue {
    /// What is to be done for all customers, as it was some seconds ago at most: counting takes long where millions
    /// wait, so that however many ask are answered by one count.
    pub async fn jobs_waiting(&self) -> Result<Arc<[JobsWaiting]>, Error> {
        let count = async {
            let sql = "SELECT kind, priority, COUNT(*) AS jobs FROM job WHERE state <> 'dead'
                       GROUP BY kind, priority";
            let waiting = query::all::<JobsWaiting>(self.database().reader(), sql, []).await?;
            Ok::<_, Error>(waiting.into())
        };
        let counted = self.parts().jobs_waiting.try_get_with((), count).await;
        counted.map_err(Arc::unwrap_or_clone)
    }
}

impl Record for JobsWaiting {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { kind: row.parsed("kind")?, priority: priority(row)?, count: row.number("jobs")? })
    }
}

impl Record for QueueDepth {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            kind: row.parsed("kind")?,
            priority: priority(row)?,
            waiting: row.number("waiting")?,
            running: row.number("running")?,
            given_up: row.number("given_up")?,
            oldest: row.optional_moment("oldest")?,
        })
    }
}

impl Record for Job {
    fn read(row: &Row) -> Result<Self, Error> {
        let leftovers = row.optional_text("leftovers")?;
        let leftovers = leftovers.map(|json| serde_json::from_str(&json)).transpose();
        Ok(Self {
            id: JobId(row.number("id")?),
            kind: row.parsed("kind")?,
            asset: row.asset_id()?,
            version: row.number("version")?,
            priority: priority(row)?,
            claims: row.number("claims")?,
            attempts: row.number("attempts")?,
            max_attempts: row.number("max_attempts")?,
            worker: row.optional_text("worker")?.unwrap_or_default(),
            created: row.moment("created")?,
            leftovers: leftovers.map_err(|_| query::unreadable("leftovers"))?.unwrap_or_default(),
        })
    }
}

pub(crate) fn priority(row: &Row) -> Result<Priority, Error> {
    Priority::of_rank(row.number("priority")?).ok_or_else(|| query::unreadable("priority"))
}

impl FromStr for JobKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let kind = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        kind.ok_or_else(|| Error::Invalid(format!("there is no kind of job called '{text}'")))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
