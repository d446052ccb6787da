use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use super::{TilingShard, advance_shard::write, enqueue_tiling::queue};
use crate::{
    Catalogue, Error, Job,
    database::{
        dialect::for_update,
        query::{self, micros},
    },
    jobs::finish_job::{end_held, readable},
};

impl Catalogue {
    /// Ends the job of a part that is done. The last part but one has the whole queued.
    pub async fn complete_tiling_shard(
        &self,
        job: &Job,
        shard: &TilingShard,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let change = self.database().begin().await?;
        // Whoever ends a part sees what others ended before.
        let shards = lock(&change, job.asset.name()).await?;
        if end_held(&change, job).await? {
            write(&change, job, shard).await?;
            if shard.shard == shards {
                finish(&change, job, now).await?;
            } else if ended(&change, job.asset.name()).await? == shards {
                queue(&change, job.asset.name(), std::iter::once(shards), now).await?;
            }
        }
        change.commit().await?;
        self.parts().bells.ring_queued();
        self.parts().bells.ring_ended(job.id);
        Ok(())
    }

    /// Gives a part up, for a reason that those who follow can read: the whole is not to be had then. `false` if the job
    /// is another worker's.
    ///
    /// The job is gone: what is there of the site is not made again when somebody queues it anew.
    pub async fn fail_tiling_shard(
        &self,
        job: &Job,
        error: &str,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let change = self.database().begin().await?;
        // The tiling before the job, as in every change of both: so none wait crosswise.
        finish(&change, job, now).await?;
        if !end_held(&change, job).await? {
            return Ok(false);
        }
        let error = Some(readable(error));
        let shard = TilingShard { shard: job.version, error, ..TilingShard::default() };
        write(&change, job, &shard).await?;
        change.commit().await?;
        self.parts().bells.ring_ended(job.id);
        Ok(true)
    }
}

async fn lock(change: &impl ConnectionTrait, id: &str) -> Result<u64, Error> {
    let sql = format!("SELECT shards FROM tiling WHERE id = $1{}", for_update(change));
    let shards = query::one::<i64>(change, &sql, [id.into()]).await?;
    let shards = shards.and_then(|shards| u64::try_from(shards).ok());
    shards.ok_or_else(|| query::unreadable("shards"))
}

async fn ended(change: &impl ConnectionTrait, id: &str) -> Result<u64, Error> {
    let sql = "SELECT COUNT(*) AS ended FROM tiling_shard WHERE tiling = $1 AND report IS NOT NULL";
    let ended = query::one::<i64>(change, sql, [id.into()]).await?;
    Ok(ended.and_then(|ended| u64::try_from(ended).ok()).unwrap_or_default())
}

async fn finish(
    change: &impl ConnectionTrait,
    job: &Job,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE tiling SET finished = $2 WHERE id = $1";
    query::run(change, sql, [job.asset.name().into(), micros(now).into()]).await.map(|_| ())
}
