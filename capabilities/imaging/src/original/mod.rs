//! Originals that are drawn in place, from the file as the library sent it.
//!
//! - [`Outline`] is what others need to know of such a file: its sizes, its tiles, and what a drawing
//!   costs. It is small, and is kept apart from the file.
//! - [`Original`] is the open file and its index; it draws, one picture after the other. A file that is not ready can be
//!   drawn, too, until its pyramid is made: slower, as each picture reads it from the top.
//! - [`adopt`] looks at a new file, refuses what is not ready, and makes the thumbnails.
//!
//! The files are untrusted and stay so: open them in a child without rights alone.

mod outline;
mod window;
mod picture;
mod adopt;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod top_tests;

pub use adopt::{AdoptSettings, Adopted, adopt};
pub use outline::Outline;
pub use picture::Original;
