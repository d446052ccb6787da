//! JPEG files, row by row: grey, colours, and Adobe's inks, which are stored upside down.
//!
//! - [`file`] opens a file; [`segments`] finds its profile and its orientation.
//!
//! Twelve-bit files are refused. A file that lacks only its last marker is whole; one whose data ends
//! before its last row is not.

mod file;
mod segments;

pub(super) use file::{Closed, open};
