//! How the files of a site are called, and what its documents say.
//!
//! - `iiif` is level 0 of the Image API, in either version; `deep_zoom` the tiles that came before it.
//! - `theirs` is what aws-batch-iiif-generator and its iiif_s3 write: folders, names and documents.
//!
//! Names are relative to the root of the site. Addresses are that name behind the site's own address.

pub(crate) mod iiif;
mod deep_zoom;
mod theirs;
mod layout_kind;

pub use layout_kind::Layout;
pub(crate) use layout_kind::{Document, Image};
pub use theirs::Theirs;

#[cfg(test)]
mod tests;
