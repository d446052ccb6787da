//! Delivery-channel policies, and which of them a new asset gets.

pub(crate) mod policy;
pub(crate) mod policy_rules;
pub(crate) mod put_policy;
pub(crate) mod delete_policy;
pub(crate) mod put_default_channel;
pub(crate) mod delete_default_channel;

pub use policy::{DefaultDeliveryChannel, DeliveryChannelPolicy};
pub use put_default_channel::DefaultChannelFields;
pub use put_policy::{PolicyFields, PolicyName, PutPolicy};
