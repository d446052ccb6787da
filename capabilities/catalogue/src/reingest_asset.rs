use model::AssetId;
use time::OffsetDateTime;

use crate::{Catalogue, Changed, Error, Priority};

impl Catalogue {
    /// Has an image processed again as it is recorded.
    pub async fn reingest_asset(
        &self,
        _id: &AssetId,
        _priority: Priority,
        _now: OffsetDateTime,
    ) -> Result<Changed, Error> {
        todo!()
    }
}
