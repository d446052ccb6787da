//! The lists that libraries keep of their things: tables, as spreadsheets write them, and METS; read and written.
//!
//! - [`Table`] is a header and rows, in whatever encoding and dialect; [`row`] writes one.
//! - [`Book`] is what a METS file says of an object: its pages in their order, and where their images are. [`Mets`] is
//!   such a file to be written.
//! - [`Fault`] is what is wrong with a list, and in which line.
//!
//! It knows no asset and opens no file: bytes are given to it, and none of them is trusted.

mod fault;
mod encoding;
mod formula;
mod table;
mod row;
mod mets;

pub use fault::Fault;
pub use mets::{Book, Chapter, Leaf, LeafFile, Mets, Page};
pub use row::row;
pub use table::{Row, Table};
