//! METS: what a digitisation workflow writes of an object when it is done with it.
//!
//! - [`Book`] is what the rest of the house reads.
//! - `record` is the file as it stands: its groups of files, its physical structure, its names.
//! - `xml` gives elements with their attributes, line by line, whatever the prefixes are.

mod book;
mod record;
mod xml;

pub use book::{Book, Page};
