//! Lists that become batches: the portal's tables, and METS files of a digitisation workflow.
//!
//! - [`Entry`] is a member of a queue as a client would send it, with the line it comes from.
//! - `of_table` and `of_book` make entries; what is wrong with a list is told line by line, all of it.
//! - [`Draft`] is a list that was checked as a whole, and may be registered.

mod entry;
mod import;
mod of_book;
mod of_table;

pub use entry::Entry;
pub use import::{Draft, ImportError};
pub(crate) use import::{draft, register};
pub use of_book::{BookMapping, BookSettings, InvalidMapping, of_book};
pub use of_table::of_table;
