//! `/file`: assets as they came.
//!
//! - [`get_file`] hands out the bytes, or a part of them; `part` is which part a request names.

mod get_file;
mod part;

#[cfg(test)]
mod tests;

pub(crate) use get_file::get_file;
