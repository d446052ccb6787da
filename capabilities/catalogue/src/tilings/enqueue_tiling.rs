use sea_orm::ConnectionTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::tiling::job_name;
use crate::{
    Catalogue, Error, JobKind, Priority,
    database::query::{self, micros, whole},
    jobs::new_job::{self, NewJob},
};

/// A site that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTiling {
    pub command: serde_json::Value,
    /// In how many parts, 1 or more.
    pub shards: u64,
    /// How many there are, where that is known.
    pub images: Option<u64>,
}

const ATTEMPTS: i64 = 5;
const MOST_SHARDS: u64 = 10_000;

impl Catalogue {
    /// Has a site written by the workers of the queue; answers by which name it can be asked for.
    pub async fn enqueue_tiling(
        &self,
        new: &NewTiling,
        now: OffsetDateTime,
    ) -> Result<String, Error> {
        let NewTiling { command, shards, images } = new;
        if !(1..=MOST_SHARDS).contains(shards) {
            return Err(Error::Invalid(format!("{shards} shards: take 1 to {MOST_SHARDS}")));
        }
        let id = Uuid::now_v7().to_string();
        let shards = if *shards == 1 { 0 } else { *shards };
        let change = self.database().begin().await?;
        let sql = "INSERT INTO tiling (id, command, shards, images, created)
                   VALUES ($1, $2, $3, $4, $5)";
        let values = [
            id.as_str().into(),
            command.to_string().into(),
            whole(shards).into(),
            images.map(whole).into(),
            micros(now).into(),
        ];
        query::run(&change, sql, values).await?;
        queue(&change, &id, 0..shards.max(1), now).await?;
        change.commit().await?;
        self.parts().bells.ring_queued();
        Ok(id)
    }
}

pub(super) async fn queue(
    change: &impl ConnectionTrait,
    id: &str,
    shards: impl Iterator<Item = u64>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let job = |shard| {
        Ok(NewJob {
            asset: job_name(id)?,
            kind: JobKind::Tile,
            priority: Priority::Normal,
            due: now,
            version: shard,
            leftovers: None,
            max_attempts: ATTEMPTS,
        })
    };
    let jobs = shards.map(job).collect::<Result<Vec<_>, Error>>()?;
    new_job::insert_all(change, &jobs, now).await
}
