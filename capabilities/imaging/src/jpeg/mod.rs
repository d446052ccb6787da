//! JPEG, through libjpeg-turbo.
//!
//! - [`Stream`] reads an image that arrives in pieces, row by row: sources.
//! - [`Decoder`] reads many small images out of memory, with tables that they share: tiles.
//! - [`Encoder`] writes many images of one kind: tiles, thumbnails, answers.
//! - [`trim`], [`Huffman::join`] and [`tables_header`] work on files without decoding them.
//!
//! Colours are converted between YCbCr and RGB here, profiles and orientations are not read.

mod ffi;
mod decoder;
mod stream;
mod encoder;
mod segments;
mod cuts;
mod bits;
mod huffman;
mod trim;

#[cfg(test)]
mod walk;

pub(crate) use bits::Bits;
pub(crate) use cuts::{CodedRow, Cut};
pub(crate) use decoder::{Decoder, Target, Wanted};
pub(crate) use encoder::{CUT, Encoder, Kind, block};
pub(crate) use huffman::{Huffman, blocks};
pub(crate) use segments::{EOI, SOI, frame_header, frame_header_with, restart, tables_header};
pub(crate) use stream::{Header, Segment, Space, Stream};
pub(crate) use trim::trim;
