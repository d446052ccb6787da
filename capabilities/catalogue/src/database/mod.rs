//! The two databases behind one set of queries: SQLite and PostgreSQL.
//!
//! - [`Database`] holds the connections: on SQLite one that writes and some that read.
//! - [`query`] runs SQL and turns rows into records.
//! - [`migrate`] brings the schema up to date.
//!
//! Whatever the two do not share is here and nowhere else.

mod connect;
pub(crate) mod migrate;
pub(crate) mod query;

pub(crate) use connect::Database;
