//! Documents of many pages: each page becomes an image in our own storage, and an asset whose origin that is.
//!
//! - `take_apart` is the story of one document: fetch, count, draw page after page, register them by the hundred.
//! - `page` is what happens to one page, in a child without rights; `words` keeps what can be read on it.
//!
//! Whoever goes on with a document that somebody else began draws none of its pages again.

mod take_apart;
mod page;
mod words;

pub(crate) use page::{PageTask, count_pages, draw_page};
pub(crate) use words::{drop_words, keep_words};
