//! How a strip or tile is packed, and a stream of its bytes unpacked.
//!
//! - [`Codec`] names the compressions that are understood.
//! - [`Packed`] is the packed bytes; every codec reads from it and gives whole lines.
//! - Codecs of pictures (JPEG, JPEG 2000, WebP) give samples, the others what was packed.

mod packed;
mod bytes;
mod fax;
mod fax_codes;
mod raw_fax;
mod lzw;
mod scan;
mod sgilog;
mod picture;

pub(super) use fax::FaxOptions;
pub(super) use packed::Packed;
pub(super) use picture::Jpeg;
pub(in super::super) use raw_fax::RawFax;

use std::sync::Arc;

use super::super::problem::unsupported;
use super::layout::Layout;
use crate::{Error, Limits};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    None,
    FaxRle,
    FaxRleWord,
    Fax3,
    Fax4,
    Lzw,
    OldJpeg,
    Jpeg,
    Deflate,
    Next,
    PackBits,
    Thunder,
    SgiLog,
    SgiLog24,
    Jp2k,
    Jp2kYcc,
    Zstd,
    Webp,
}

impl Codec {
    pub(super) fn read(number: u64) -> Result<Self, Error> {
        Ok(match number {
            1 => Self::None,
            2 => Self::FaxRle,
            3 => Self::Fax3,
            4 => Self::Fax4,
            5 => Self::Lzw,
            6 => Self::OldJpeg,
            7 => Self::Jpeg,
            8 | 32946 => Self::Deflate,
            32766 => Self::Next,
            32771 => Self::FaxRleWord,
            32773 => Self::PackBits,
            32809 => Self::Thunder,
            33003 => Self::Jp2kYcc,
            33004 | 33005 | 34712 => Self::Jp2k,
            34676 => Self::SgiLog,
            34677 => Self::SgiLog24,
            50000 => Self::Zstd,
            50001 => Self::Webp,
            other => return Err(unsupported(refusal(other))),
        })
    }

    pub(super) fn is_bilevel(self) -> bool {
        matches!(self, Self::FaxRle | Self::FaxRleWord | Self::Fax3 | Self::Fax4)
    }

    /// Only these ever carry a predictor; with others the tag is a leftover.
    pub(super) fn has_predictor(self) -> bool {
        matches!(self, Self::Lzw | Self::Deflate | Self::Zstd)
    }

    /// Strips and tiles are pictures in themselves. Only of these the order of bits is never turned.
    pub(super) fn is_picture(self) -> bool {
        matches!(self, Self::OldJpeg | Self::Jpeg | Self::Jp2k | Self::Jp2kYcc | Self::Webp)
    }

    /// Bits in a sample if the file doesn't say.
    pub(super) fn usual_bits(self) -> u64 {
        if matches!(self, Self::Jpeg | Self::OldJpeg | Self::Webp) {
            8
        } else if self == Self::Thunder {
            4
        } else {
            1
        }
    }
}

fn refusal(number: u64) -> String {
    let name = match number {
        32895..=32898 => "IT8",
        32908 | 32909 => "Pixar",
        34661 | 34715 => "JBIG",
        34718..=34720 | 34925 => "LZMA",
        34887 => "LERC",
        34892 => "lossy DNG",
        50002 | 52546 => "JPEG XL",
        _ => "unknown",
    };
    format!("a TIFF with a compression that Recto can't read ({number}, {name})")
}

/// One strip or tile, from its first line on.
pub(super) trait Unpack: Send {
    /// Fills `out` with the next bytes, or says why it can't.
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error>;
}

/// What codecs need to know beside the packed bytes.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    pub(super) layout: Arc<Layout>,
    pub(super) fax: FaxOptions,
    pub(super) jpeg_tables: Option<Arc<[u8]>>,
    pub(super) limits: Limits,
}

/// Opens a chunk whose lines are `w` pixels wide.
pub(super) fn open(recipe: &Recipe, packed: Packed, w: u32) -> Result<Box<dyn Unpack>, Error> {
    let layout = &recipe.layout;
    let line = layout.line_bytes(w);
    Ok(match layout.codec {
        Codec::None => Box::new(bytes::Stream::new(packed)),
        Codec::Deflate => Box::new(bytes::Stream::new(flate2::bufread::ZlibDecoder::new(packed))),
        Codec::Zstd => Box::new(bytes::Stream::new(bytes::zstd(packed)?)),
        Codec::PackBits => Box::new(bytes::PackBits::new(packed)),
        Codec::Lzw => Box::new(lzw::Lzw::new(packed)?),
        Codec::FaxRle | Codec::FaxRleWord | Codec::Fax3 | Codec::Fax4 => {
            Box::new(fax::Fax::new(packed, w, layout.codec, recipe.fax))
        }
        Codec::Thunder => Box::new(scan::Thunder::new(packed, w)),
        Codec::Next => Box::new(scan::Next::new(packed, w, line)),
        Codec::SgiLog => Box::new(sgilog::Planes::new(packed, w, layout)),
        Codec::SgiLog24 => Box::new(sgilog::Triples::new(packed, layout)),
        Codec::Jpeg => picture::jpeg(recipe, packed, w)?,
        Codec::OldJpeg => return Err(unsupported("an old-style JPEG TIFF in pieces")),
        Codec::Jp2k | Codec::Jp2kYcc => picture::jp2k(recipe, packed, w)?,
        Codec::Webp => picture::webp(recipe, packed, w)?,
    })
}
