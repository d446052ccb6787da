//! ZIPs: what is in one, in natural order of its names, and the bytes of each file.
//!
//! - [`directory`] finds the files by the directory at the archive's end, [`member`] unpacks one of them.
//! - [`natural`] puts `page 10` after `page 9`.
//!
//! No name becomes a path, and no size is believed: what a file unpacks to is counted, and cut off where it is more than
//! was told.

mod directory;
mod member;
mod natural;
mod numbers;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod writer;

pub use directory::{Zip, ZipLimits};
pub use member::Member;
