use model::AssetId;
use sea_orm::DatabaseTransaction;
use time::OffsetDateTime;

use crate::{
    Asset, Batch, Catalogue, Error, JobId,
    assets::asset_rows,
    batches::batch,
    database::{
        many,
        query::{self, micros, moment},
    },
    jobs::{
        enqueue::{self, Work, supersede_all},
        new_job,
    },
};

impl Catalogue {
    /// Has those members of a batch processed again that failed, and still belong to it.
    pub async fn retry_batch(
        &self,
        customer: u32,
        batch: i64,
        now: OffsetDateTime,
    ) -> Result<Batch, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let found = batch::existing(&change, customer, batch).await?;
        let (retried, superseded) = retry(&change, &found, now).await?;
        let batch = batch::existing(&change, customer, batch).await?;
        change.commit().await?;
        self.announce_all(&retried, &superseded);
        self.parts().bells.ring_queued();
        Ok(batch)
    }
}

async fn retry(
    change: &DatabaseTransaction,
    batch: &Batch,
    now: OffsetDateTime,
) -> Result<(Vec<AssetId>, Vec<JobId>), Error> {
    let failed = "SELECT customer, space, name FROM batch_member
                  WHERE batch = $1 AND error IS NOT NULL";
    let failed: Vec<AssetId> = query::all(change, failed, [batch.id.into()]).await?;
    let found = asset_rows::select_for_update(change, &failed).await?;
    // Whoever came with another batch since, or is being processed already, is not ours to retry.
    let is_ours = |asset: &&Asset| asset.batch == Some(batch.id) && asset.pending.is_none();
    let before: Vec<_> = found.values().filter(is_ours).collect();
    let ids: Vec<_> = before.iter().map(|asset| asset.id.clone()).collect();
    let superseded = supersede_all(change, &ids, now).await?;
    let (mut after, mut jobs) = (Vec::new(), Vec::new());
    for asset in &before {
        let mut asset = Asset::clone(asset);
        if let Work::Job(job) = enqueue::plan(&mut asset, batch.priority, now) {
            (asset.batch, asset.modified) = (Some(batch.id), now);
            after.push(asset);
            jobs.push(job);
        }
    }
    let changed: Vec<_> = after.iter().filter_map(|it| Some((found.get(&it.id)?, it))).collect();
    asset_rows::update_all(change, &changed).await?;
    new_job::insert_all(change, &jobs, now).await?;
    let ids: Vec<_> = after.into_iter().map(|asset| asset.id).collect();
    reopen(change, batch.id, &ids).await?;
    Ok((ids, superseded))
}

/// The members wait again, and so does the batch.
pub(crate) async fn reopen(
    change: &DatabaseTransaction,
    batch: i64,
    members: &[AssetId],
) -> Result<(), Error> {
    let mut waiting = 0;
    for some in members.chunks(many::ROWS) {
        let (among, mut values) = many::among(some);
        values.push(batch.into());
        let number = values.len();
        let sql = format!(
            "UPDATE batch_member SET ended = NULL, error = NULL WHERE batch = ${number}
             AND error IS NOT NULL AND {among}"
        );
        waiting += query::run(change, &sql, values).await?;
    }
    let sql = "UPDATE batch SET waiting = waiting + $2, failed = failed - $2, finished = NULL
               WHERE id = $1 AND $2 > 0";
    query::run(change, sql, [batch.into(), query::whole(waiting).into()]).await?;
    Ok(())
}
