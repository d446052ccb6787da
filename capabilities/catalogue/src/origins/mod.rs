//! Origin strategies: whence a customer's assets come, with which credentials.

pub(crate) mod origin_strategy;
pub(crate) mod credentials;
pub(crate) mod customer_origins;
pub(crate) mod known_hosts;
pub(crate) mod put_origin_strategy;
pub(crate) mod delete_origin_strategy;
pub(crate) mod reseal_credentials;

pub use credentials::{
    Credentials, Hidden, HttpAccess, HttpLogin, Login, S3Keys, SftpAccess, SftpLogin,
};
pub use customer_origins::{CustomerOriginStrategy, OriginAccess};
pub use known_hosts::KnownHost;
pub use origin_strategy::OriginStrategy;
pub use put_origin_strategy::OriginStrategyFields;
