use model::{AssetId, Family};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use time::OffsetDateTime;

use crate::{
    Asset, AssetFields, Catalogue, Changed, Error, Priority,
    assets::{
        asset_row,
        change_asset::{Processing, change_asset},
    },
    database::query::{micros, moment},
    jobs::enqueue::Scheduled,
};

impl Catalogue {
    /// Has an image processed again as it is recorded.
    pub async fn reingest_asset(
        &self,
        id: &AssetId,
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<Changed, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let before = found(&change, id).await?;
        if before.family != Family::Image {
            return Err(Error::Invalid("Only images can be reingested".into()));
        }
        let changed = again(&change, &before, priority, now).await?;
        change.commit().await?;
        self.announce(id, &changed.1);
        Ok(Changed { asset: changed.0, job: changed.1.job })
    }

    /// Has an asset of any kind fetched and processed again, because what is kept of it is not sound; `false` if nobody
    /// knows where it comes from. One that is being processed already is let alone.
    pub async fn bring_in_again(
        &self,
        id: &AssetId,
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let before = found(&change, id).await?;
        if before.origin.is_none() || before.not_for_delivery {
            return Ok(false);
        }
        if before.ingesting {
            return Ok(true);
        }
        let (_, scheduled) = again(&change, &before, priority, now).await?;
        change.commit().await?;
        self.announce(id, &scheduled);
        Ok(true)
    }
}

async fn found(change: &impl ConnectionTrait, id: &AssetId) -> Result<Asset, Error> {
    let found = asset_row::select_for_update(change, id).await?;
    found.ok_or_else(|| Error::NotFound(format!("asset {id}")))
}

async fn again(
    change: &DatabaseTransaction,
    before: &Asset,
    priority: Priority,
    now: OffsetDateTime,
) -> Result<(Asset, Scheduled), Error> {
    let nothing = AssetFields::default();
    change_asset(change, before, &nothing, (Processing::Always, priority), now).await
}
