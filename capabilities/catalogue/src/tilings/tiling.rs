use model::AssetId;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job,
    database::query::{self, Record, Row},
};

/// A site that is written by the workers of a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiling {
    pub id: String,
    /// What is to be done, in the words of who does it.
    pub command: serde_json::Value,
    /// In how many parts; none if there is one only.
    pub shards: u64,
    /// How many there are, if who queued it has counted them.
    pub images: Option<u64>,
    pub created: OffsetDateTime,
    pub finished: Option<OffsetDateTime>,
    /// Those that were begun.
    pub begun: Vec<TilingShard>,
}

/// How far a part of a tiling is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TilingShard {
    /// Counted from 0; the whole comes last, as many as there are shards.
    pub shard: u64,
    pub images: u64,
    /// Images that were looked at, whatever came of it.
    pub done: u64,
    pub failed: u64,
    /// What was done, when it is.
    pub report: Option<serde_json::Value>,
    /// Why it could not be done.
    pub error: Option<String>,
}

impl Catalogue {
    pub async fn tiling(&self, id: &str) -> Result<Option<Tiling>, Error> {
        let sql = "SELECT id, command, shards, images, created, finished FROM tiling WHERE id = $1";
        let found: Option<Tiling> = query::one(self.database().reader(), sql, [id.into()]).await?;
        let Some(mut tiling) = found else { return Ok(None) };
        let sql = "SELECT shard, images, done, failed, report, error FROM tiling_shard
                   WHERE tiling = $1 ORDER BY shard";
        tiling.begun = query::all(self.database().reader(), sql, [id.into()]).await?;
        Ok(Some(tiling))
    }
}

impl Tiling {
    /// Which part a job is about; `None` for the whole.
    pub fn shard_of(&self, job: &Job) -> Option<u64> {
        Some(job.version).filter(|shard| *shard < self.shards)
    }

    /// Why it was given up, if it was.
    pub fn error(&self) -> Option<&str> {
        self.begun.iter().find_map(|shard| shard.error.as_deref())
    }
}

/// The name that its jobs have in the place of an asset's: it belongs to no customer.
pub(super) fn job_name(id: &str) -> Result<AssetId, Error> {
    AssetId::new(0, 0, id).map_err(|fault| Error::Invalid(fault.to_string()))
}

impl Record for Tiling {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            command: row.json("command")?,
            shards: row.number("shards")?,
            images: row.optional_number("images")?,
            created: row.moment("created")?,
            finished: row.optional_moment("finished")?,
            begun: Vec::new(),
        })
    }
}

impl Record for TilingShard {
    fn read(row: &Row) -> Result<Self, Error> {
        let report = row.optional_text("report")?;
        let report = report.map(|json| serde_json::from_str(&json)).transpose();
        Ok(Self {
            shard: row.number("shard")?,
            images: row.number("images")?,
            done: row.number("done")?,
            failed: row.number("failed")?,
            report: report.map_err(|_| query::unreadable("report"))?,
            error: row.optional_text("error")?,
        })
    }
}
