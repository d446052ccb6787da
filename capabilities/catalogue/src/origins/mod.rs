//! Origin strategies: whence a customer's assets come, with which credentials.

pub(crate) mod origin_strategy;
pub(crate) mod customer_origins;
pub(crate) mod put_origin_strategy;
pub(crate) mod delete_origin_strategy;
pub(crate) mod reseal_credentials;

pub use customer_origins::{Credentials, CustomerOriginStrategy, OriginAccess};
pub use origin_strategy::OriginStrategy;
pub use put_origin_strategy::OriginStrategyFields;
