//! Customers.

pub(crate) mod customer;
pub(crate) mod create_customer;
pub(crate) mod rename_customer;

pub use create_customer::NewCustomer;
pub use customer::Customer;
