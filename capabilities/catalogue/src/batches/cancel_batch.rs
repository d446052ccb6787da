use model::AssetId;
use sea_orm::DatabaseTransaction;
use time::OffsetDateTime;

use crate::{
    Asset, Batch, Catalogue, Error, JobId,
    assets::asset_rows,
    batches::{batch, batch_members::Ended},
    database::query::{self, micros, moment},
    jobs::enqueue::supersede_all,
};

/// What a batch, and an asset that has nothing else to show, tells of work that was called off.
const CANCELLED: &str = "the batch was cancelled before the asset was brought in";

impl Catalogue {
    /// Calls off all that still waits in a batch; what is delivered already stays.
    pub async fn cancel_batch(
        &self,
        customer: u32,
        batch: i64,
        now: OffsetDateTime,
    ) -> Result<Batch, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        batch::existing(&change, customer, batch).await?;
        let (cancelled, superseded) = cancel(&change, batch, now).await?;
        let batch = batch::existing(&change, customer, batch).await?;
        change.commit().await?;
        self.announce_all(&cancelled, &superseded);
        Ok(batch)
    }
}

async fn cancel(
    change: &DatabaseTransaction,
    batch: i64,
    now: OffsetDateTime,
) -> Result<(Vec<AssetId>, Vec<JobId>), Error> {
    let waiting = "SELECT customer, space, name FROM batch_member
                   WHERE batch = $1 AND ended IS NULL";
    let waiting: Vec<AssetId> = query::all(change, waiting, [batch.into()]).await?;
    let found = asset_rows::select_for_update(change, &waiting).await?;
    // What a later batch took over goes on there.
    let is_ours = |asset: &&Asset| asset.batch == Some(batch) && asset.pending.is_some();
    let after: Vec<_> =
        found.values().filter(is_ours).map(|asset| called_off(asset, now)).collect();
    let ids: Vec<_> = after.iter().map(|asset| asset.id.clone()).collect();
    let superseded = supersede_all(change, &ids, now).await?;
    let changed: Vec<_> = after.iter().filter_map(|it| Some((found.get(&it.id)?, it))).collect();
    asset_rows::update_all(change, &changed).await?;
    let mut ended = Ended::default();
    ended.assets(change, &ids, Some(CANCELLED), now).await?;
    ended.batch(change, batch, CANCELLED, now).await?;
    ended.count(change, true, now).await?;
    Ok((ids, superseded))
}

fn called_off(asset: &Asset, now: OffsetDateTime) -> Asset {
    Asset {
        pending: None,
        ingesting: false,
        error: Some(CANCELLED.to_owned()),
        finished: Some(now),
        modified: now,
        ..asset.clone()
    }
}
