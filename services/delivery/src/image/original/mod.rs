//! Originals that are served in place: the policy `use-original`.
//!
//! - [`Originals`] is where the files are, and the pool of children that read them.
//! - [`draw`] asks a child for a drawing; [`message`] is what is said to it, and what it answers.
//! - [`draw_originals`] is the other end: the child without rights, which keeps the indices of the
//!   files that it saw last.
//!
//! The files are what others sent. Nothing but that child looks into them: here their outline is
//! known, which ingest wrote.

mod draw;
mod message;
mod originals;
mod child;

#[cfg(test)]
mod tests;

pub use child::draw_originals;
pub(crate) use draw::{Fault, draw};
pub use originals::Originals;
