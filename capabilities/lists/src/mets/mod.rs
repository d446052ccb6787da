//! METS: what a digitisation workflow writes of an object when it is done with it.
//!
//! - [`Book`] is what the rest of the house reads.
//! - [`Mets`] is what the rest of the house has written.
//! - `record` is the file as it stands: its groups of files, its physical structure, its names.
//! - `xml` gives elements with their attributes, line by line, whatever the prefixes are.

mod book;
mod record;
mod xml;
mod write;

pub use book::{Book, Page};
pub use write::{Chapter, Leaf, LeafFile, Mets};
