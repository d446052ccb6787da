//! Binds many things into one file, written from its first byte to its last: nothing is held but what is being added.
//!
//! - [`Archive`] is a ZIP of files.
//! - [`Pdf`] is a document of pictures, which are taken over byte by byte, and of pages that say something instead.
//! - [`Transcript`] is what can be read in a picture, to be laid over it.
//! - [`Excerpt`] takes pages out of the PDF of somebody else, to be bound before others. Who reads it stays in a child.
//!
//! Both write to any [`Write`](std::io::Write). They know nothing of assets, and decode no picture.

mod counted;
mod archive;
mod pdf;

pub use archive::Archive;
pub use pdf::{About, Bookmark, Error, Excerpt, Pdf, Transcript, Word};
