//! File formats for answers: sRGB or gray, without any metadata but what says so.
//!
//! [`encode`] is the only door. Each format is one file, with one function that asks a [`Sheet`]'s
//! rows of a producer: JPEG, PNG, TIFF and PDF take them as they come, so that a large answer is
//! never in memory as pixels; the others have to collect them.

mod sheet;
mod dispatch;
mod jpeg;
mod png;
mod tiff;
mod tiff_codes;
mod webp;
mod gif;
mod avif;
mod jp2;
mod pdf;

pub(crate) use dispatch::encode;
pub(crate) use sheet::{Produce, Sheet};
