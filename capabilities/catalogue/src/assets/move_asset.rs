use std::slice;

use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, Catalogue, Error, Expected, Whereabouts,
    assets::{asset_labels, asset_row, change_asset::check_can_be_changed},
    database::query::{self, micros, moment},
    events::outbox,
    jobs::enqueue::{next_version, supersede},
    storage::storage_use::{self, Load},
};

impl Catalogue {
    /// Gives an asset another name, another space, or both. Its bytes stay where they lie: nothing is made anew.
    pub async fn move_asset(
        &self,
        id: &AssetId,
        to: &AssetId,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<Asset, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let before = source(&change, id, expected).await?;
        let after = put(&change, elsewhere(&before, to, now)).await?;
        let superseded = supersede(&change, id, now).await?;
        let sql = "DELETE FROM asset WHERE customer = $1 AND space = $2 AND name = $3";
        query::run(&change, sql, query::key_of(id)).await?;
        asset_labels::change_all(&change, [(Some(&before), None)]).await?;
        outbox::tell_of_assets(&change, [(Some(&before), None)], now).await?;
        let (taken, given) = (Load::default().minus(Load::of(&before)), Load::of(&after));
        let loads = [(id.space, taken), (to.space, given)];
        storage_use::add_all(&change, id.customer, loads, now).await?;
        if to.space != id.space {
            storage_use::check_room(&change, id.customer, to.space).await?;
        }
        rename_member(&change, &before, to).await?;
        change.commit().await?;
        self.announce_all(&[id.clone(), to.clone()], &superseded);
        Ok(after)
    }

    /// Makes a second asset of what is known of one, and of the same bytes. It came with no batch.
    pub async fn copy_asset(
        &self,
        id: &AssetId,
        to: &AssetId,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<Asset, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let before = source(&change, id, expected).await?;
        let copy = Asset { created: now, batch: None, ..elsewhere(&before, to, now) };
        let copy = put(&change, copy).await?;
        storage_use::add(&change, (to.customer, to.space), Load::of(&copy), now).await?;
        storage_use::check_room(&change, to.customer, to.space).await?;
        change.commit().await?;
        self.announce_all(slice::from_ref(to), &[]);
        Ok(copy)
    }
}

/// The asset that is to be moved or copied, which nobody else changes until this change has ended.
async fn source(
    change: &impl ConnectionTrait,
    id: &AssetId,
    expected: &Expected,
) -> Result<Asset, Error> {
    let found = asset_row::select_for_update(change, id).await?;
    expected.check(found.as_ref().map(|asset| asset.modified))?;
    let asset = found.ok_or_else(|| Error::NotFound(format!("asset {id}")))?;
    check_can_be_changed(&asset)?;
    if asset.ingesting {
        return Err(Error::Conflict(format!(
            "The asset {id} is just being brought in; try again when it is done"
        )));
    }
    Ok(asset)
}

/// The same asset under another name. The version is a new one, so that nothing that was remembered of an earlier asset
/// of that name is taken for it.
fn elsewhere(before: &Asset, to: &AssetId, now: OffsetDateTime) -> Asset {
    let mut after = Asset { id: to.clone(), modified: now, ..before.clone() };
    if before.version > 0 {
        let (id, version) = before.kept_at();
        after.kept = Some(Whereabouts { id: id.clone(), version });
        after.version = next_version(before, now);
    }
    after
}

async fn put(change: &impl ConnectionTrait, asset: Asset) -> Result<Asset, Error> {
    match asset_row::insert(change, &asset).await? {
        true => Ok(asset),
        false => Err(Error::Conflict(format!("There is an asset {} already", asset.id))),
    }
}

/// It stays in the batch with which it came last; batches before remember it under its old name.
async fn rename_member(
    change: &impl ConnectionTrait,
    before: &Asset,
    to: &AssetId,
) -> Result<(), Error> {
    let Some(batch) = before.batch else { return Ok(()) };
    let sql = "UPDATE batch_member SET space = $4, name = $5
               WHERE batch = $1 AND space = $2 AND name = $3 AND NOT EXISTS (
                   SELECT 1 FROM batch_member AS other
                   WHERE other.batch = $1 AND other.space = $4 AND other.name = $5)";
    let from = [batch.into(), before.id.space.into(), before.id.name().into()];
    let values = from.into_iter().chain([to.space.into(), to.name().into()]);
    query::run(change, sql, values).await?;
    Ok(())
}
