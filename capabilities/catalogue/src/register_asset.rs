use model::AssetId;
use time::OffsetDateTime;

use crate::{Asset, AssetFields, Catalogue, Error, JobId, Priority};

/// An asset to be registered, or registered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsset {
    pub id: AssetId,
    pub fields: AssetFields,
}

/// An asset after a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    pub asset: Asset,
    pub created: bool,
    /// The job that processes it; none if its channels need no processing.
    pub job: Option<JobId>,
}

impl Catalogue {
    /// Makes an asset or merges into it what the request says, and has it processed in any case.
    pub async fn register_asset(
        &self,
        _new: &NewAsset,
        _priority: Priority,
        _now: OffsetDateTime,
    ) -> Result<Registered, Error> {
        todo!()
    }
}
