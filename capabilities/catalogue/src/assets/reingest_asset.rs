use model::{AssetId, Family};
use time::OffsetDateTime;

use crate::{
    AssetFields, Catalogue, Changed, Error, Priority,
    assets::{
        asset_row,
        change_asset::{Processing, change_asset},
    },
    database::query::{micros, moment},
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
        let before = asset_row::select_for_update(&change, id).await?;
        let before = before.ok_or_else(|| Error::NotFound(format!("asset {id}")))?;
        if before.family != Family::Image {
            return Err(Error::Invalid("Only images can be reingested".into()));
        }
        let nothing = AssetFields::default();
        let always = (Processing::Always, priority);
        let (asset, scheduled) = change_asset(&change, &before, &nothing, always, now).await?;
        change.commit().await?;
        self.announce(id, &scheduled);
        Ok(Changed { asset, job: scheduled.job })
    }
}
