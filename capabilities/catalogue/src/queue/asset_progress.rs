use model::AssetId;
use sea_orm::Value;
use time::OffsetDateTime;

use super::Stage;
use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// What is being done with an asset now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetProgress {
    pub id: AssetId,
    pub stage: AssetStage,
    /// How often it was begun.
    pub attempts: u32,
    /// Why it is not in, after the last attempt.
    pub error: Option<String>,
}

/// Where an asset is on its way in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetStage {
    /// For its turn, at this place of the line of all (1 comes next), unless very many stand before it.
    Waiting { place: Option<u64> },
    /// Its queue is paused.
    Paused,
    /// To be tried again, not before then.
    Sleeping { until: OffsetDateTime },
    /// A worker is at it. It is said after a second or so what it does, and how many per cent of that are done where that can
    /// be told.
    Running { stage: Option<Stage>, percent: Option<u8> },
    /// It is in, as it was last registered.
    Done,
    /// It could not be brought in.
    Failed,
}

/// So far is counted who stands before one.
const COUNTED: i64 = 1000;

impl Catalogue {
    /// What is being done with an asset; `None` if there is no such asset.
    pub async fn asset_progress(&self, id: &AssetId) -> Result<Option<AssetProgress>, Error> {
        // The job first: if it ends meanwhile, the asset tells how.
        let job = self.job_of(id).await?;
        let Some(asset) = self.asset(id).await? else { return Ok(None) };
        let attempts = job.as_ref().map_or(0, |job| job.attempts);
        let (stage, error) = match job.filter(|job| asset.ingesting && job.state != "dead") {
            Some(job) => self.stage_of(job).await?,
            None if asset.error.is_some() => (AssetStage::Failed, asset.error),
            None if asset.ingesting => (AssetStage::Waiting { place: None }, None),
            None => (AssetStage::Done, None),
        };
        Ok(Some(AssetProgress { id: asset.id, stage, attempts, error }))
    }

    async fn job_of(&self, id: &AssetId) -> Result<Option<AssetJob>, Error> {
        let sql = "SELECT id, state, lane, priority, turn, worker, due, attempts, stage, percent,
                error FROM job
            WHERE customer = $1 AND space = $2 AND name = $3 AND kind <> 'clean-up'
            ORDER BY id DESC LIMIT 1";
        query::one(self.database().reader(), sql, query::key_of(id)).await
    }

    async fn stage_of(&self, job: AssetJob) -> Result<(AssetStage, Option<String>), Error> {
        let stage = match (job.state.as_str(), job.is_held) {
            ("ready", _) => AssetStage::Waiting { place: self.place_of(&job).await? },
            ("aside", _) => AssetStage::Paused,
            (_, true) => AssetStage::Running { stage: job.stage, percent: job.percent },
            (_, false) => return Ok((AssetStage::Sleeping { until: job.due }, job.error)),
        };
        Ok((stage, None))
    }

    async fn place_of(&self, job: &AssetJob) -> Result<Option<u64>, Error> {
        let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM job WHERE state = 'ready' AND lane = $1
                AND (priority, turn, id) < ($2, $3, $4) LIMIT $5) AS before";
        let values: [Value; 5] = [
            job.lane.as_str().into(),
            job.priority.into(),
            job.turn.into(),
            job.id.into(),
            COUNTED.into(),
        ];
        let before = query::one::<i64>(self.database().reader(), sql, values).await?;
        let before = before.filter(|before| *before < COUNTED);
        Ok(before.and_then(|before| u64::try_from(before + 1).ok()))
    }
}

/// What is known of the job that an asset waits for.
struct AssetJob {
    id: i64,
    state: String,
    lane: String,
    priority: i64,
    turn: i64,
    is_held: bool,
    due: OffsetDateTime,
    attempts: u32,
    stage: Option<Stage>,
    percent: Option<u8>,
    error: Option<String>,
}

impl Record for AssetJob {
    fn read(row: &Row) -> Result<Self, Error> {
        let stage = row.optional_text("stage")?.map(|stage| stage.parse()).transpose();
        Ok(Self {
            id: row.number("id")?,
            state: row.text("state")?,
            lane: row.text("lane")?,
            priority: row.number("priority")?,
            turn: row.number("turn")?,
            is_held: row.optional_text("worker")?.is_some(),
            due: row.moment("due")?,
            attempts: row.number("attempts")?,
            stage: stage.map_err(|_| query::unreadable("stage"))?,
            percent: row.optional_number("percent")?,
            error: row.optional_text("error")?,
        })
    }
}
