//! How much is stored, and how much may be.

pub(crate) mod storage_use;
pub(crate) mod put_storage_policy;
pub(crate) mod delete_storage_policy;
pub(crate) mod assign_storage_policy;

pub use put_storage_policy::StoragePolicyFields;
pub use storage_use::{CustomerStorage, ImageStorage, NO_ROOM, StoragePolicy};
