//! Recto as a visitor, a client or an operator meets it: the built binary, in a folder of its own.
//!
//! - [`Place`] is where a Recto runs: its folder, its database, its storage. [`Recto`] is one running there.
//! - [`Library`] is its first customer, who registers images.
//! - [`Picture`] is what an image looks like, by libvips, and how far two are apart.
//! - [`Peers`] are other servers that show the same pyramids: nginx and IIPImage.
//! - [`landscape`] and its like make images, [`book_page`] the pages of a book.
//!
//! The tests are in `tests/`, the benchmarks in `src/bin/bench`. Nothing here links the product.

mod book;
mod landscape;
mod library;
mod peers;
mod picture;
mod place;
mod program;
mod recto;
mod samples;

pub use book::book_page;
pub use landscape::{Random, landscape, landscape_in};
pub use library::{Library, Tile, grid};
pub use peers::Peers;
pub use picture::{Distance, Picture, jpeg_extent};
pub use place::{Keeping, Place};
pub use program::{output_of, recto_command, variable, workspace};
pub use recto::{Answer, Recto, peak_memory};
pub use samples::{broken_images, made_images, photo, real_images};
