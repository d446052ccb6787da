//! The many small files of a site without a server: tiles of every level, and whole images.
//!
//! - A [`Plan`] says what is made of an image of some extent: pure arithmetic, for both sides of the sandbox.
//! - [`cut_tiles`] reads an image once, and gives each [`Piece`] as soon as it is encoded.
//! - `column`, `whole` and `fitted` are the encoders of a tile, of a whole level, and of any other size.
//!
//! Memory grows with the width of an image, never with its height. Nothing here names a file.

mod plan;
mod settings;
mod column;
mod level;
mod whole;
mod fitted;
mod cut;

#[cfg(test)]
mod tests;

pub use cut::{Piece, cut_tiles};
pub use plan::{Plan, PlannedLevel};
pub use settings::{Shape, TileFormat, TileSettings};
