//! How much is kept, and how much may be: storage policies, and what customers, spaces and images take.

mod storage_policy_fields;

mod get_storage_policies;
mod post_storage_policy;
mod get_storage_policy;
mod put_storage_policy;
mod patch_storage_policy;
mod delete_storage_policy;
mod get_storage;
mod patch_storage;
mod get_image_storage;

pub(crate) use delete_storage_policy::delete_storage_policy;
pub(crate) use get_image_storage::get_image_storage;
pub(crate) use get_storage::get_storage;
pub(crate) use get_storage_policies::get_storage_policies;
pub(crate) use get_storage_policy::get_storage_policy;
pub(crate) use patch_storage::patch_storage;
pub(crate) use patch_storage_policy::patch_storage_policy;
pub(crate) use post_storage_policy::post_storage_policy;
pub(crate) use put_storage_policy::put_storage_policy;
