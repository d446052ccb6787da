use model::AssetId;
use time::OffsetDateTime;

use crate::{
    Asset, AssetFields, Catalogue, Error, JobId, Priority,
    assets::{
        asset_row,
        change_asset::{Processing, change_asset},
    },
    database::query::{micros, moment},
};

/// An asset after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    pub asset: Asset,
    /// The job that processes it again, if the change needs that.
    pub job: Option<JobId>,
}

impl Catalogue {
    /// Changes what the request says and nothing else; processes again only if that matters.
    pub async fn patch_asset(
        &self,
        id: &AssetId,
        fields: &AssetFields,
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<Changed, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let before = asset_row::select_for_update(&change, id).await?;
        let before = before.ok_or_else(|| Error::NotFound(format!("asset {id}")))?;
        let processing = (Processing::IfItMatters, priority);
        let (asset, scheduled) = change_asset(&change, &before, fields, processing, now).await?;
        change.commit().await?;
        self.announce(id, &scheduled);
        Ok(Changed { asset, job: scheduled.job })
    }
}
