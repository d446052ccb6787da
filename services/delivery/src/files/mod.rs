//! `/file` and `/iiif-av`: assets as they came, and audio and video as they were transcoded.
//!
//! - [`get_file`] and [`get_av`] find out which bytes are meant, and whether the visitor may have them.
//! - `hand_out` hands out the bytes, [`send_object`] sends whatever lies in the storage, or a part of it; `part` is which
//!   part a request names.

mod get_file;
mod get_av;
mod hand_out;
mod part;
mod send_object;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod at_origin_tests;

pub(crate) use get_av::get_av;
pub(crate) use get_file::get_file;
pub(crate) use send_object::send_object;
