use model::AssetId;
use time::OffsetDateTime;

use crate::{Catalogue, Error};

/// How much a customer may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoragePolicy {
    pub id: String,
    pub max_images: i64,
    pub max_bytes: i64,
}

/// How much a customer keeps, in one space or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerStorage {
    pub customer: u32,
    pub space: Option<u32>,
    pub images: i64,
    pub image_bytes: i64,
    pub thumbnail_bytes: i64,
    /// Of the customer; a space has none of its own.
    pub policy: Option<String>,
    /// When one of the numbers last changed: they are always exact.
    pub last_calculated: OffsetDateTime,
}

/// How much is kept for one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageStorage {
    pub id: AssetId,
    pub bytes: u64,
    pub thumbnail_bytes: u64,
    pub last_checked: OffsetDateTime,
}

impl Catalogue {
    pub async fn storage_policies(&self) -> Result<Vec<StoragePolicy>, Error> {
        todo!()
    }

    pub async fn storage_policy(&self, _id: &str) -> Result<Option<StoragePolicy>, Error> {
        todo!()
    }

    pub async fn customer_storage(
        &self,
        _customer: u32,
        _space: Option<u32>,
    ) -> Result<Option<CustomerStorage>, Error> {
        todo!()
    }

    pub async fn image_storage(&self, _id: &AssetId) -> Result<Option<ImageStorage>, Error> {
        todo!()
    }

    /// How many bytes more the customer's storage policy allows.
    pub async fn bytes_left(&self, _customer: u32) -> Result<u64, Error> {
        todo!()
    }
}
