//! Documents of many pages: each page becomes an image in our own storage, and an asset whose origin that is.
//!
//! - `take_apart` is the story of one document: fetch, look into it, get page after page, register them by the hundred.
//! - `contents` is what a child without rights finds in a document: the pages of a PDF or a TIFF, the images in a ZIP.
//! - `page` is what happens to one page, in such a child: drawn from a PDF, copied out of a TIFF or a ZIP as it is.
//! - `words` keeps what can be read on it.
//!
//! Whoever goes on with a document that somebody else began makes none of its pages again.

mod take_apart;
mod contents;
mod page;
mod words;

pub(crate) use contents::{Contents, ContentsTask, look_into};
pub(crate) use page::{PageTask, make_page};
pub(crate) use words::{Words, drop_words, keep_words};
