//! Pixels: images are opened, made into pyramids, drawn and encoded on the thread you give it.
//!
//! - [`convert`] reads any image we can decode and writes its [`Pyramid`] and its thumbnails.
//! - [`cut_tiles`] makes the many small files of a site without a server, at every level.
//! - [`Pyramid`] is the index of such a file; a tile of it is a range of bytes, not work, and a
//!   [`Stitch`] of many tiles is hardly more.
//! - [`draw`] makes every other picture from the tiles that a [`Covering`] names.
//! - [`adopt`] takes in a file that can be drawn as it is; an [`Original`] is such a file, opened.
//! - [`encode_rows`] makes a JPEG of what others drew.
//! - [`tiff_pages`] finds the pages of a TIFF, [`copy_tiff_page`] makes a file of one of them.
//! - [`image_type`] tells an image by its first bytes.
//! - [`identify`] reads a header; [`resize_jpeg`] makes a smaller thumbnail of a thumbnail.
//!
//! It blocks, and awaits nothing. It reads no path and opens no connection: files are given to it
//! open, bytes are given to it read. Nothing here trusts what it reads.

mod error;
mod limits;
mod jpeg;
mod picture;
mod decode;
mod columns;
mod pyramid;
mod steps;
mod encode;
mod thumbnails;
mod strips;
mod convert;
mod tiles;
mod draw;
mod original;
mod resize;
mod encode_rows;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod draw_tests;
#[cfg(test)]
mod convert_tests;

pub use convert::{Chroma, ConvertSettings, Converted, Thumbnail, convert};
pub use decode::{SourceFacts, copy_tiff_page, identify, image_type, srgb_profile, tiff_pages};
pub use draw::{DrawSettings, draw};
pub use encode_rows::{TakeRows, encode_rows};
pub use error::Error;
pub use limits::Limits;
pub use original::{AdoptSettings, Adopted, Original, Outline, adopt};
pub use pyramid::{Band, Covering, Level, Parsed, Pyramid, Stitch, TileRef};
pub use resize::resize_jpeg;
pub use tiles::{Piece, Plan, PlannedLevel, Shape, TileFormat, TileSettings, cut_tiles};
