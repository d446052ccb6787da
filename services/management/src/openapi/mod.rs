//! OpenAPI: every operation of the API, in a form that generators of clients read.
//!
//! - `operations` lists them, each on a line; classes come from [`crate::hydra`], as contexts do.
//! - [`document`] writes them down. Operations are named as those of the DLCS: by method and path.

mod document;
mod get_openapi;
mod operation;
mod operations;

pub use document::openapi;
pub(crate) use get_openapi::get_openapi;
