//! The lists that libraries keep of their things: tables, as spreadsheets write them, and METS.
//!
//! - [`Table`] is a header and rows, in whatever encoding and dialect.
//! - [`Book`] is what a METS file says of an object: its pages in their order, and where their images are.
//! - [`Fault`] is what is wrong with a list, and in which line.
//!
//! It knows no asset and opens no file: bytes are given to it, and none of them is trusted.

mod fault;
mod encoding;
mod table;
mod mets;

pub use fault::Fault;
pub use mets::{Book, Page};
pub use table::{Row, Table};
