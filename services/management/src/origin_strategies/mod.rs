//! Origin strategies: how origins are fetched; those of the platform, and what a customer has for its own origins.

mod origin_strategy_fields;

mod get_platform_strategies;
mod get_platform_strategy;
mod get_origin_strategies;
mod post_origin_strategy;
mod get_origin_strategy;
mod put_origin_strategy;
mod delete_origin_strategy;

pub(crate) use delete_origin_strategy::delete_origin_strategy;
pub(crate) use get_origin_strategies::get_origin_strategies;
pub(crate) use get_origin_strategy::get_origin_strategy;
pub(crate) use get_platform_strategies::get_platform_strategies;
pub(crate) use get_platform_strategy::get_platform_strategy;
pub(crate) use post_origin_strategy::post_origin_strategy;
pub(crate) use put_origin_strategy::put_origin_strategy;
