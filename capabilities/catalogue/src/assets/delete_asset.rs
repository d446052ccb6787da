use std::slice;

use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, Catalogue, Error, Expected, JobId,
    assets::{
        asset_labels, asset_rows,
        change_asset::{check_can_be_changed, upload_of},
    },
    batches::batch_members,
    database::{many, query},
    events::outbox,
    jobs::{
        enqueue::{clean_up_version, supersede_all},
        new_job,
    },
    storage::storage_use::{self, Load},
};

impl Catalogue {
    /// Deletes the record; a clean-up job removes what is in the storage.
    pub async fn delete_asset(
        &self,
        id: &AssetId,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let deleted = self.delete_those(slice::from_ref(id), expected, now).await?;
        if deleted.is_empty() { Err(Error::NotFound(format!("asset {id}"))) } else { Ok(()) }
    }

    /// Deletes those of a customer's assets that exist, all or none; returns which they were.
    pub async fn delete_assets(
        &self,
        ids: &[AssetId],
        now: OffsetDateTime,
    ) -> Result<Vec<AssetId>, Error> {
        self.delete_those(ids, &Expected::Whatever, now).await
    }

    async fn delete_those(
        &self,
        ids: &[AssetId],
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<Vec<AssetId>, Error> {
        let change = self.database().begin().await?;
        let found = asset_rows::select_for_update(&change, ids).await?;
        let assets: Vec<_> = ids.iter().filter_map(|id| found.get(id)).collect();
        for asset in &assets {
            check_can_be_changed(asset)?;
            expected.check(Some(asset.modified))?;
        }
        let superseded = delete(&change, &assets, now).await?;
        change.commit().await?;
        let deleted: Vec<_> = assets.into_iter().map(|asset| asset.id.clone()).collect();
        self.announce_all(&deleted, &superseded);
        Ok(deleted)
    }
}

/// What a batch tells of a member that was deleted while it waited.
const DELETED: &str = "the asset was deleted before it was brought in";

async fn delete(
    change: &impl ConnectionTrait,
    assets: &[&Asset],
    now: OffsetDateTime,
) -> Result<Vec<JobId>, Error> {
    let Some(first) = assets.first() else { return Ok(Vec::new()) };
    let ids: Vec<_> = assets.iter().map(|asset| asset.id.clone()).collect();
    let superseded = supersede_all(change, &ids, now).await?;
    for some in ids.chunks(many::ROWS) {
        let (among, values) = many::among(some);
        query::run(change, &format!("DELETE FROM asset WHERE {among}"), values).await?;
    }
    let gone = || assets.iter().map(|asset| (Some(*asset), None));
    asset_labels::change_all(change, gone()).await?;
    outbox::tell_of_assets(change, gone(), now).await?;
    let clean_ups = assets
        .iter()
        .filter_map(|asset| clean_up_version(asset, upload_of(asset).into_iter().collect(), now));
    new_job::insert_all(change, &clean_ups.collect::<Vec<_>>(), now).await?;
    let loads = assets.iter().map(|asset| (asset.id.space, Load::default().minus(Load::of(asset))));
    storage_use::add_all(change, first.id.customer, loads, now).await?;
    batch_members::end(change, &ids, Some(DELETED), now).await?;
    Ok(superseded)
}
