//! The two databases behind one set of queries: SQLite and PostgreSQL.
//!
//! - [`Database`] holds the connections: on SQLite one that writes and some that read.
//! - [`query`] runs SQL and turns rows into records.
//! - [`many`] writes statements about many rows at once.
//! - [`delete_row`] deletes one row, if it is as the caller expects.
//! - [`Clock`] tells the time, the same for all who share a database.
//! - [`dialect`] has the few words that they spell differently.
//! - [`migrate`] brings the schema up to date.

mod connect;
mod clock;
pub(crate) mod delete_row;
pub(crate) mod dialect;
pub(crate) mod many;
pub(crate) mod migrate;
pub(crate) mod query;

pub(crate) use clock::Clock;
pub(crate) use connect::Database;
