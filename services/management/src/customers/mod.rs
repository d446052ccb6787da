//! Customers and their keys.

mod get_customers;
mod post_customer;
mod get_customer;
mod patch_customer;
mod get_keys;
mod post_key;
mod delete_key;

pub(crate) use delete_key::delete_key;
pub(crate) use get_customer::get_customer;
pub(crate) use get_customers::get_customers;
pub(crate) use get_keys::get_keys;
pub(crate) use patch_customer::patch_customer;
pub(crate) use post_customer::post_customer;
pub(crate) use post_key::post_key;
