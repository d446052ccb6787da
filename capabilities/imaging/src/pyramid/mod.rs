//! Pyramids: tiled TIFF files of JPEG tiles, in which every tile of a viewer is a range of bytes.
//!
//! - [`Level`] knows the arithmetic of levels and tiles.
//! - [`Writer`] takes rows and writes a file; `halve`, `column`, `tile_rows`, `ifd` and `assemble`
//!   are its parts.
//! - `index` is what we read of a file, [`row_table`] what stands behind each tile; [`pad`] is how
//!   tiles at the edge are both what TIFF demands and what viewers ask for.
//! - [`Pyramid`] answers which bytes make a drawing: a tile as it is, a [`Stitch`] of rows of many
//!   tiles, or the tiles that cover it and have to be decoded.
//!
//! The file is a TIFF to everybody else. Why it looks as it does: `docs/decisions/0003`.

mod level;
mod halve;
mod row_table;
mod pad;
mod column;
mod tile_rows;
mod index;
mod ifd;
mod assemble;
mod writer;
mod parsed;
mod tile;
mod stitch;
mod covering;
mod cost;

#[cfg(test)]
mod properties;

pub(crate) use cost::answer_bytes;
pub use covering::Covering;
pub(crate) use covering::Window;
pub(crate) use halve::Halver;
pub use level::Level;
pub use parsed::{Parsed, Pyramid};
pub use stitch::{Band, Stitch};
pub use tile::TileRef;
pub(crate) use writer::Writer;
