//! The library for machines: the asset API of the DLCS, as Hydra JSON-LD.
//!
//! - `routes` holds every address; each endpoint has a file in the folder of its resource.
//! - `caller` says who may come in, `permit` what a key may do and `pace` how often; nothing behind them is reached without.
//! - `audit` writes down every change before it is made.
//! - `body`, `fields`, `members`, `references` and `query` read what clients send, as kindly as the DLCS does.
//! - `hydra` words the answers, `urls` spells the addresses in them.
//! - `error` is every failure and its status, `deletion` the answer that has two shapes.
//!
//! No rule about records lives here: those are the catalogue's. Nothing is drawn or fetched.

mod routes;
mod management;
mod config;
mod error;
mod answer;
mod deletion;

mod caller;
mod permit;
mod pace;
mod bearer;
mod precondition;
mod idempotency;
mod paths;
mod body;
mod fields;
mod references;
mod members;
mod query;
mod urls;
mod hydra;

mod start;
mod composites;
mod customers;
mod dead_letters;
mod spaces;
mod images;
mod imports;
mod openapi;
mod policies;
mod default_channels;
mod origin_strategies;
mod custom_headers;
mod named_queries;
mod portal_users;
mod audit;
mod legacy;
mod storage;
mod webhooks;
mod events;
mod queue;
mod uploads;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod clients;

pub use config::ManagementConfig;
pub use imports::{
    BookMapping, BookSettings, Draft, Entry, ImportError, InvalidMapping, of_book, of_table,
};
pub use management::Management;
pub use openapi::openapi;
pub use routes::router;
pub use uploads::expire_uploads;
