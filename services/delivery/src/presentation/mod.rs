//! The Presentation API: `/iiif-manifest` for one asset, `/iiif-resource` for all that a named query finds.
//!
//! - `teller` tells how one asset is shown, as a canvas.
//! - `asked` reads what an address asks of which named query.
//! - [`Documents`] keeps the documents made of many assets, and knows when one has to be made again; `writer` writes
//!   them, and takes from the one before what has not changed.
//! - `get_collection` is a list of all groups that a query tells apart, each with its manifest; `groups` writes it.
//! - `get_raw` lists the ids alone, `get_csv` what is known of each, `get_mets` all as a book; `copies` tells where the
//!   bytes of an asset are to be had; `get_placeholder` is what is seen of a file that is no image.

mod teller;
mod screened;
mod get_manifest;
mod asked;
mod writer;
mod documents;
mod groups;
mod get_named_query;
mod get_collection;
mod get_raw;
mod copies;
mod get_csv;
mod get_mets;
mod get_placeholder;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod query_tests;
#[cfg(test)]
mod group_tests;
#[cfg(test)]
mod list_tests;

pub(crate) use asked::{Asked, QueryPath};
pub(crate) use documents::Documents;
pub(crate) use get_collection::get_collection;
pub(crate) use get_csv::get_csv;
pub(crate) use get_manifest::get_manifest;
pub(crate) use get_mets::get_mets;
pub(crate) use get_named_query::get_named_query;
pub(crate) use get_placeholder::get_placeholder;
pub(crate) use get_raw::get_raw;
