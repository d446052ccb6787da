//! PDFs of pictures: pages go out as they are added, and the document is told together at its end.
//!
//! - [`Pdf`] is the document; `objects` numbers what it is made of and knows where each thing lies.
//! - `picture` reads of a JPEG what a page has to say about it; `font` has the letters for what is said in a page's place.
//! - `transcript` lays the words of a picture over it, in the font of which nothing is seen that `ghost` is.
//! - `excerpt` has pages that somebody else made.
//! - `outline` writes [`Bookmark`]s, `about` tells what the document is, for people and as PDF/A wants it.

mod objects;
mod picture;
mod font;
mod ghost;
mod transcript;
mod outline;
mod about;
mod excerpt;
mod document;
#[cfg(test)]
mod tests;

pub use about::About;
pub use document::{Error, Pdf};
pub use excerpt::Excerpt;
pub use outline::Bookmark;
pub use transcript::{Transcript, Word};
