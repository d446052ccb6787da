//! JPEG 2000: JP2 and JPX files of boxes, and bare codestreams.
//!
//! - [`boxes`] reads what a file says of colours, palettes and channels, and finds the codestream.
//! - [`siz`] reads the size of the codestream, so that limits hold before OpenJPEG sees a byte.
//! - [`cod`] reads how it is coded; [`resolutions`] opens it in place: any part of any of its sizes.
//! - [`codec`] decodes an area with OpenJPEG; [`picture`] asks for one band after the other.
//!
//! A file whose boxes are damaged is read as its codestream alone says. Only the first picture is read.

mod boxes;
mod siz;
mod cod;
mod codec;
mod picture;
mod samples;
mod resolutions;

pub(super) use picture::{Tile, open};
pub(super) use resolutions::Resolutions;
