//! What a BMP's headers say, in all their sizes.

use super::super::problem::{damaged, truncated, unsupported};
use super::super::raster::check_extent;
use super::super::source::Source;
use crate::{Error, Limits};
use iiif::image::Extent;

/// No picture's profile is larger.
const MAX_PROFILE: u64 = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    None,
    /// Run lengths of pixels of 4 or of 8 bits.
    Runs,
}

/// Where a channel is in a pixel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask {
    shift: u32,
    max: u32,
}

impl Mask {
    fn new(bits: u32) -> Self {
        if bits == 0 {
            return Self::default();
        }
        let shift = bits.trailing_zeros();
        // Only the highest eight bits of wide masks tell.
        let width = 32 - (bits >> shift).leading_zeros();
        let cut = width.saturating_sub(8);
        Self { shift: shift + cut, max: (1 << (width - cut)) - 1 }
    }

    pub(super) fn is_empty(self) -> bool {
        self.max == 0
    }

    pub(super) fn level(self, pixel: u32) -> u8 {
        let level = (pixel >> self.shift & self.max) * 255;
        level.checked_div(self.max).unwrap_or(0) as u8
    }
}

#[derive(Clone, Debug)]
pub(super) struct Bmp {
    pub(super) extent: Extent,
    pub(super) from_above: bool,
    pub(super) bits: u32,
    pub(super) packing: Packing,
    /// Red, green, blue, opacity; of pixels of 16 and 32 bits.
    pub(super) masks: [Mask; 4],
    pub(super) palette: Vec<[u8; 3]>,
    pub(super) icc: Option<Vec<u8>>,
    /// Where the pixels begin.
    pub(super) at: u64,
}

/// The first header is always the same.
const FILE_HEADER: u64 = 14;

struct Fields {
    bytes: Vec<u8>,
}

impl Fields {
    fn short(&self, at: usize) -> u32 {
        u32::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]))
    }

    /// Zero where the header is too short to have it.
    fn long(&self, at: usize) -> u32 {
        self.bytes.get(at..at + 4).map_or(0, |b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }
}

impl Bmp {
    pub(super) fn read(source: &Source, limits: &Limits) -> Result<Self, Error> {
        let head = Fields { bytes: source.bytes(0, FILE_HEADER + 4, u64::MAX)? };
        let (at, size) = (head.long(10), head.long(14));
        if !(12..=1 << 12).contains(&size) {
            return Err(damaged("the BMP's header has an impossible size"));
        }
        let fields = Fields { bytes: source.bytes(FILE_HEADER, size.into(), u64::MAX)? };
        if size == 12 {
            Self::read_core(source, &fields, at, limits)
        } else {
            Self::read_info(source, &fields, at, limits)
        }
    }

    /// OS/2's first header: 16-bit sides, colours of three bytes.
    fn read_core(
        source: &Source,
        fields: &Fields,
        at: u32,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let extent = check_extent(fields.short(4).into(), fields.short(6).into(), limits)?;
        let bits = checked_bits(fields.short(10))?;
        let palette = palette(source, FILE_HEADER + 12, bits, 0, 3)?;
        let at = pixels_at(at, FILE_HEADER + 12 + 3 * palette.len() as u64);
        let (packing, masks) = (Packing::None, usual_masks(bits));
        Ok(Self { extent, from_above: false, bits, packing, masks, palette, icc: None, at })
    }

    fn read_info(
        source: &Source,
        fields: &Fields,
        at: u32,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let size = fields.bytes.len() as u64;
        if size < 16 {
            return Err(damaged("the BMP's header has an impossible size"));
        }
        let (w, h) = (fields.long(4) as i32, fields.long(8) as i32);
        let w = u64::try_from(w).map_err(|_| damaged("the BMP's width is negative"))?;
        let extent = check_extent(w, h.unsigned_abs().into(), limits)?;
        let bits = checked_bits(fields.short(14))?;
        let packing = match (fields.long(16), bits) {
            (0, _) | (3 | 6, 16 | 32) => Packing::None,
            (1, 8) | (2, 4) => Packing::Runs,
            (3, 1) | (4, 24) => return Err(unsupported("an OS/2 BMP with its own compression")),
            (4, _) => return Err(unsupported("a BMP with a JPEG in it")),
            (5, _) => return Err(unsupported("a BMP with a PNG in it")),
            (other, _) => {
                return Err(damaged(format!("the BMP has an unknown compression ({other})")));
            }
        };
        let masked = matches!(fields.long(16), 3 | 6);
        // In the shortest header the masks follow it; in longer ones they are part of it.
        let behind =
            if masked && size == 40 { 12 + 4 * u64::from(fields.long(16) == 6) } else { 0 };
        let masks = match (masked, behind) {
            (true, 0) => masks(fields, 40, size),
            (true, n) => {
                let bytes = source.bytes(FILE_HEADER + size, n, u64::MAX)?;
                masks(&Fields { bytes }, 0, n)
            }
            _ => usual_masks(bits),
        };
        let start = FILE_HEADER + size + behind;
        let palette = palette(source, start, bits, fields.long(32), 4)?;
        let at = pixels_at(at, start + 4 * palette.len() as u64);
        let icc = profile(source, fields);
        Ok(Self { extent, from_above: h < 0, bits, packing, masks, palette, icc, at })
    }

    /// Rows begin at multiples of four bytes.
    pub(super) fn stride(&self) -> u64 {
        (u64::from(self.extent.w) * u64::from(self.bits)).div_ceil(32) * 4
    }
}

fn checked_bits(bits: u32) -> Result<u32, Error> {
    match bits {
        1 | 2 | 4 | 8 | 16 | 24 | 32 => Ok(bits),
        _ => Err(damaged(format!("the BMP has {bits} bits in a pixel"))),
    }
}

/// Some writers leave out where the pixels begin.
fn pixels_at(said: u32, usual: u64) -> u64 {
    if said == 0 { usual } else { u64::from(said) }
}

fn masks(fields: &Fields, at: usize, len: u64) -> [Mask; 4] {
    let alpha = if len >= at as u64 + 16 { fields.long(at + 12) } else { 0 };
    [fields.long(at), fields.long(at + 4), fields.long(at + 8), alpha].map(Mask::new)
}

fn usual_masks(bits: u32) -> [Mask; 4] {
    match bits {
        16 => [0x7c00, 0x03e0, 0x001f, 0],
        _ => [0xff_0000, 0xff00, 0xff, 0],
    }
    .map(Mask::new)
}

/// Colours of `each` bytes, blue first. What is missing at the end of the file is black.
fn palette(
    source: &Source,
    at: u64,
    bits: u32,
    used: u32,
    each: u64,
) -> Result<Vec<[u8; 3]>, Error> {
    if bits > 8 {
        return Ok(Vec::new());
    }
    let all = 1_u32 << bits;
    let n = match used {
        0 => all,
        used if used > 1 << 16 => return Err(damaged("the BMP's palette is impossibly large")),
        used => used,
    };
    let mut bytes = vec![0; n as usize * each as usize];
    if source.read_some(at, &mut bytes)? == 0 {
        return Err(truncated());
    }
    Ok(bytes.chunks_exact(each as usize).map(|c| [c[2], c[1], c[0]]).collect())
}

/// Only the longest header has a profile.
fn profile(source: &Source, fields: &Fields) -> Option<Vec<u8>> {
    const EMBEDDED: u32 = u32::from_be_bytes(*b"MBED");
    if fields.bytes.len() < 124 || fields.long(56) != EMBEDDED {
        return None;
    }
    let (at, len) = (u64::from(fields.long(112)), u64::from(fields.long(116)));
    source.bytes(FILE_HEADER + at, len, MAX_PROFILE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_of_any_width_reach_white() {
        for bits in [0x1f_u32, 0x7e0, 0xff00_0000, 0x3ff0_0000, 1] {
            assert_eq!(Mask::new(bits).level(u32::MAX), 255, "{bits:x}");
        }
        assert!(Mask::new(0).is_empty());
    }
}
