use model::AssetId;
use time::OffsetDateTime;

use crate::{Asset, AssetFields, Catalogue, Error, JobId, Priority};

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
        _id: &AssetId,
        _fields: &AssetFields,
        _priority: Priority,
        _now: OffsetDateTime,
    ) -> Result<Changed, Error> {
        todo!()
    }
}
