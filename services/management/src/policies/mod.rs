//! Delivery channel policies: what is made of an asset for each way of delivery.

mod policy_path;
mod policy_fields;

mod get_policies;
mod get_channel_policies;
mod post_policy;
mod get_policy;
mod put_policy;
mod patch_policy;
mod delete_policy;

pub(crate) use delete_policy::delete_policy;
pub(crate) use get_channel_policies::get_channel_policies;
pub(crate) use get_policies::get_policies;
pub(crate) use get_policy::get_policy;
pub(crate) use patch_policy::patch_policy;
pub(crate) use post_policy::post_policy;
pub(crate) use put_policy::put_policy;
