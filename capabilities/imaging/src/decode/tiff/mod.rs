//! TIFF and BigTIFF: the first page, whatever its samples, colours and compression.
//!
//! - [`ifd`] finds the tags, [`layout`] understands them, [`tags`] names them.
//! - [`codec`] unpacks a strip or tile, [`predictor`] undoes differences, [`plane`] gives lines.
//! - [`unpack`] turns bits into samples of full range (with [`range`] for numbers that have none of
//!   their own), [`pixels`], [`palette`], [`ycbcr`] and [`logluv`] turn samples into colours.
//! - [`paint`] chooses among these for a row, and [`page`] is one row after the other.
//! - [`old_jpeg`] puts JPEG together as TIFF 6.0 first had it.
//!
//! - [`tiled`] opens a file of tiles in place: any part of it, or of the smaller copies that it holds.
//!
//! - [`pages`] finds the pages of a file of many, and [`copy_page`] makes a file of one, pixels untouched.
//!
//! Elsewhere later pages, reduced copies, masks and sub-directories are not read.

mod page;
mod paint;
mod ifd;
mod tags;
mod layout;
mod codec;
mod plane;
mod predictor;
mod unpack;
mod range;
mod pixels;
mod palette;
mod ycbcr;
mod logluv;
mod old_jpeg;
mod tiled;
mod pages;
mod copy_page;

pub(super) use codec::RawFax;
pub(super) use ifd::Tiff;
pub(super) use page::open;
pub use pages::{copy_tiff_page, tiff_pages};
pub(super) use tiled::Tiled;
