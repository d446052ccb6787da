//! Takes documents apart into pages: how many there are, what each looks like, and the words on it.
//!
//! - [`Pdf`] is a document, opened; [`Pdf::draw`] gives a [`Sheet`] of pixels, [`Pdf::words`] what can be read on it.
//! - [`Zip`] is an archive; each [`Member`] of it gives its bytes.
//! - [`Resolution`] says how large a page becomes.
//!
//! It blocks, trusts nothing that it reads, and may panic or take for ever on what is hostile: it is for a child without
//! rights. It knows no file formats of images, and keeps nothing.

mod error;
mod resolution;
mod sheet;
mod words;
mod pdf;
mod zip;

#[cfg(test)]
mod tests;

pub use error::Error;
pub use pdf::Pdf;
pub use resolution::Resolution;
pub use sheet::Sheet;
pub use words::Word;
pub use zip::{Member, Zip, ZipLimits};
