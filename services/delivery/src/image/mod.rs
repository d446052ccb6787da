//! `/iiif-img`: the Image API, in two versions.
//!
//! - [`ImageUrl`] says which image an address names, and what of it.
//! - [`get_image_service`] hands it to `get_base`, `get_info` or `get_image`, one file each.
//! - An [`Exhibit`] is an image ready to be shown; it knows where the bytes of a drawing come from.
//! - [`Tiles`] are copied from the pyramid, and kept while many ask for them.
//! - `stitched` sends what lies on rows of the pyramid; `draw` makes what is not stored, under the
//!   [`Admission`]'s bounds; `original` does it for files that are served as they came.

mod image_url;
mod get_image_service;
mod get_base;
mod get_info;
mod get_image;
mod exhibit;
mod tiles;
mod admission;
mod draw;
mod painters;
mod stitched;
mod original;

#[cfg(test)]
mod vectors;

pub(crate) use admission::{Admission, Refusal};
pub(crate) use draw::{DrawError, draw_meanwhile, read_thumbnail, resize_thumbnail};
pub(crate) use exhibit::{Access, Exhibit, Exhibits, asset_id};
pub(crate) use get_base::get_base;
pub(crate) use get_image::read;
pub(crate) use get_image_service::get_image_service;
pub(crate) use image_url::{Asked, ImageUrl};
pub(crate) use original::Fault;
pub use original::{Originals, draw_originals};
pub(crate) use painters::Painters;
pub(crate) use tiles::Tiles;
