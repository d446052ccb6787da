//! Sources: whatever a library sends, as rows of sRGB or grey, upright, 8 bits a sample.
//!
//! - [`sniff`] tells formats by their content, never by name; [`open()`] opens, [`rows`] is what comes.
//! - `jpeg`, `tiff`, `png`, `jp2`, `webp`, `gif`, `bmp` and `fax` each give a [`raster::Raster`]: rows
//!   in the file's own colours. They check every number against [`crate::Limits`] before they allocate.
//! - [`colour`] turns those rows into sRGB of 8 bits, opacity kept; [`upright`] turns the picture.
//!
//! [`in_place`] opens files that can be drawn in parts, at any of the sizes at which they are kept;
//! [`from_top`] opens all others for pictures of which each decodes the file anew.
//! Rows are streamed wherever the format allows. Nothing here writes, resizes or flattens opacity.
//! What can't be read is an [`crate::Error::Unsupported`], and another program may try.

mod open;
mod in_place;
mod from_top;
mod rows;
mod sniff;
mod source;
mod raster;
mod problem;
mod colour;
mod upright;
mod exif;
mod jpeg;
mod tiff;
mod png;
mod jp2;
mod webp;
mod gif;
mod bmp;
mod fax;
#[cfg(test)]
mod tests;

pub use colour::srgb_profile;
pub(crate) use from_top::FromTop;
pub(crate) use in_place::InPlace;
pub use open::identify;
pub(crate) use open::open;
pub use rows::SourceFacts;
pub(crate) use rows::{Layout, Rows};
pub use sniff::image_type;
pub use tiff::{copy_tiff_page, tiff_pages};
