//! JPEG, through libjpeg-turbo.
//!
//! - [`Stream`] reads an image that arrives in pieces, row by row: sources.
//! - [`Decoder`] reads many small images out of memory, with tables that they share: tiles.
//! - [`Encoder`] writes many images of one kind: tiles, thumbnails, answers.
//! - [`trim`] and [`tables_header`] work on files without decoding them.
//!
//! Colours are converted between YCbCr and RGB here, profiles and orientations are not read.

mod ffi;
mod decoder;
mod stream;
mod encoder;
mod segments;
mod row_ends;
mod trim;

#[cfg(test)]
mod walk;

pub(crate) use decoder::{Decoder, Target, Wanted};
pub(crate) use encoder::{Encoder, Kind};
pub(crate) use row_ends::RowEnd;
pub(crate) use segments::{EOI, SOI, frame_header, restart, tables_header};
pub(crate) use stream::{Header, Segment, Space, Stream};
pub(crate) use trim::trim;
