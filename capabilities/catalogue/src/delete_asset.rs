use model::AssetId;
use time::OffsetDateTime;

use crate::{Catalogue, Error};

impl Catalogue {
    /// Deletes the record; a clean-up job removes what is in the storage.
    pub async fn delete_asset(&self, _id: &AssetId, _now: OffsetDateTime) -> Result<(), Error> {
        todo!()
    }
}
