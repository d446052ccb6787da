use std::slice;

use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, Catalogue, Error, Leftovers, asset_row, batch_members,
    change_asset::{check_can_be_changed, upload_of},
    database::query,
    enqueue::{Scheduled, clean_up, supersede},
    storage_use::{self, Load},
};

impl Catalogue {
    /// Deletes the record; a clean-up job removes what is in the storage.
    pub async fn delete_asset(&self, id: &AssetId, now: OffsetDateTime) -> Result<(), Error> {
        let change = self.database().begin().await?;
        let asset = asset_row::select_for_update(&change, id).await?;
        let asset = asset.ok_or_else(|| Error::NotFound(format!("asset {id}")))?;
        check_can_be_changed(&asset)?;
        let superseded = delete(&change, &asset, now).await?;
        change.commit().await?;
        self.announce(id, &superseded);
        Ok(())
    }
}

/// What a batch tells of a member that was deleted while it waited.
pub(crate) const DELETED: &str = "the asset was deleted before it was brought in";

async fn delete(
    change: &impl ConnectionTrait,
    asset: &Asset,
    now: OffsetDateTime,
) -> Result<Scheduled, Error> {
    let sql = "DELETE FROM asset WHERE customer = $1 AND space = $2 AND name = $3";
    query::run(change, sql, query::key_of(&asset.id)).await?;
    let less = Load::default().minus(Load::of(asset));
    storage_use::add(change, (asset.id.customer, asset.id.space), less, now).await?;
    let superseded = supersede(change, &asset.id, now).await?;
    let leftovers = Leftovers {
        versions: Some(asset.version).filter(|version| *version > 0).into_iter().collect(),
        uploads: upload_of(asset).into_iter().collect(),
    };
    clean_up(change, &asset.id, leftovers, now).await?;
    batch_members::end(change, slice::from_ref(&asset.id), Some(DELETED), now).await?;
    Ok(Scheduled { job: None, superseded })
}
