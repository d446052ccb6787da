//! Decoders, tried together.
//!
//! - [`fixtures`]: one picture in every format, made by other programs, comes out as that picture.
//! - [`tiff`]: one picture in every arrangement that a TIFF can have, written by [`tiff_writer`];
//!   [`tiff_codecs`]: the compressions that it doesn't write.
//! - [`tiff_pages`]: files of many pages, each made a file of its own.
//! - [`png`]: what is wrong with one is said in words.
//! - [`library`]: real files, compared with what libvips and Pillow see; where they lie beside the
//!   repository.
//! - [`hostile`]: what is cut, changed or made with malice ends in an error or a picture, soon.

mod support;
mod fixtures;
mod tiff_writer;
mod tiff;
mod tiff_codecs;
mod tiff_pages;
mod png;
mod library;
mod hostile;
