//! `/file` and `/iiif-av`: assets as they came, and audio and video as they were transcoded.
//!
//! - [`get_file`] and [`get_av`] find out which bytes are meant, and whether the visitor may have them.
//! - `hand_out` hands out the bytes, or a part of them; `part` is which part a request names.

mod get_file;
mod get_av;
mod hand_out;
mod part;

#[cfg(test)]
mod tests;

pub(crate) use get_av::get_av;
pub(crate) use get_file::get_file;
