//! OpenAPI: every operation of the API, in a form that generators of clients read.
//!
//! - `operations` lists them, each on a line; classes come from [`crate::hydra`], as contexts do.
//! - `statuses` says how each may be answered.
//! - [`document`] writes them down. Operations are named as those of the DLCS: by method and path.
//! - `get_reference` is the page that people read; it is drawn from the document.

mod document;
mod get_openapi;
mod get_reference;
mod operation;
mod operations;
mod statuses;

pub use document::openapi;
pub(crate) use get_openapi::get_openapi;
pub(crate) use get_reference::{get_reference, get_reference_part};
