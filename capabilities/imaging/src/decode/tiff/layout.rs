//! How a page's pixels lie in the file: kinds of samples, strips or tiles, and the limits on both.

use iiif::image::Extent;

use super::super::problem::{damaged, unsupported};
use super::super::raster::check_extent;
use super::codec::Codec;
use super::ifd::Directory;
use super::tags;
use crate::{Error, Limits};

/// Samples of one pixel beyond which a file is surely not a picture.
const MAX_SAMPLES: u64 = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Separated,
    YCbCr,
    CieLab,
    IccLab,
    ItuLab,
    LogL,
    LogLuv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Unsigned,
    Signed,
    Float,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Predictor {
    None,
    Horizontal,
    Float,
}

/// The rectangles into which the page is cut, in pixels. A strip is as wide as the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) tiled: bool,
    pub(super) w: u32,
    pub(super) h: u32,
    pub(super) across: u32,
    pub(super) down: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) extent: Extent,
    pub(super) bits: u32,
    pub(super) samples: usize,
    pub(super) planar: bool,
    pub(super) format: Format,
    pub(super) photometric: Photometric,
    pub(super) codec: Codec,
    pub(super) predictor: Predictor,
    pub(super) reversed_bits: bool,
    pub(super) big_endian: bool,
    /// The meaning of each sample beyond the colours; `None` if the file doesn't say.
    pub(super) extra: Option<Vec<u64>>,
    /// How many pixels share a chroma sample, across and down, in uncompressed YCbCr.
    pub(super) subsampling: (u32, u32),
    /// The colours are YCbCr within the JPEGs of which the file is made, and RGB when they come out.
    pub(super) chroma_inside: bool,
    pub(super) grid: Grid,
}

impl Layout {
    pub(super) fn read(page: &Directory, big_endian: bool, limits: &Limits) -> Result<Self, Error> {
        let w = page.number(tags::IMAGE_WIDTH)?.ok_or_else(|| damaged("the TIFF has no width"))?;
        let h =
            page.number(tags::IMAGE_LENGTH)?.ok_or_else(|| damaged("the TIFF has no height"))?;
        let extent = check_extent(w, h, limits)?;
        let codec = Codec::read(page.number(tags::COMPRESSION)?.unwrap_or(1))?;
        let bits = equal(&page.numbers(tags::BITS_PER_SAMPLE, MAX_SAMPLES)?, codec.usual_bits())?;
        let samples = samples(page)?;
        let photometric = photometric(page, samples, codec)?;
        let mut layout = Self {
            extent,
            bits: u32::try_from(bits).unwrap_or(u32::MAX),
            samples: samples as usize,
            planar: samples > 1 && page.number(tags::PLANAR_CONFIGURATION)? == Some(2),
            format: format(page)?,
            photometric,
            codec,
            predictor: predictor(page, codec)?,
            reversed_bits: page.number(tags::FILL_ORDER)? == Some(2),
            big_endian,
            extra: extra(page)?,
            subsampling: (1, 1),
            chroma_inside: false,
            grid: grid(page, extent)?,
        };
        layout.adjust(page)?;
        layout.check(limits)?;
        Ok(layout)
    }

    /// Some compressions decide themselves what comes out of them.
    fn adjust(&mut self, page: &Directory) -> Result<(), Error> {
        if matches!(self.codec, Codec::SgiLog | Codec::SgiLog24) {
            self.adjust_log()?;
        } else if matches!(self.photometric, Photometric::LogL | Photometric::LogLuv) {
            return Err(unsupported("a LogLuv TIFF without SGI's compression"));
        }
        let is_ycbcr = self.photometric == Photometric::YCbCr;
        if self.codec == Codec::Jp2kYcc || self.codec.is_picture() && is_ycbcr {
            self.photometric = Photometric::Rgb;
            self.chroma_inside = true;
        }
        if self.photometric == Photometric::YCbCr {
            let factors = page.numbers(tags::YCBCR_SUBSAMPLING, 2)?;
            self.subsampling = match factors[..] {
                [] => (2, 2),
                [h @ (1 | 2 | 4)] => (h as u32, h as u32),
                [h @ (1 | 2 | 4), v @ (1 | 2 | 4)] => (h as u32, v as u32),
                _ => return Err(damaged("the TIFF's chroma subsampling makes no sense")),
            };
        }
        Ok(())
    }

    /// A pixel of SGI's log encodings comes out as one number, whatever the tags say.
    fn adjust_log(&mut self) -> Result<(), Error> {
        self.bits = match (self.photometric, self.codec) {
            (Photometric::LogL, Codec::SgiLog) => 16,
            (Photometric::LogLuv, Codec::SgiLog) => 32,
            (Photometric::LogLuv, Codec::SgiLog24) => 24,
            _ => return Err(damaged("SGI's log compression is only for LogL and LogLuv colours")),
        };
        self.samples = 1;
        self.planar = false;
        self.format = Format::Unsigned;
        Ok(())
    }

    fn check(&self, limits: &Limits) -> Result<(), Error> {
        let sound = match self.format {
            Format::Float => matches!(self.bits, 16 | 24 | 32 | 64),
            Format::Unsigned | Format::Signed => matches!(self.bits, 1..=32 | 64),
        };
        if !sound {
            return Err(unsupported(format!("a TIFF with {} bits in a sample", self.bits)));
        }
        if self.codec.is_bilevel() && (self.bits != 1 || (self.samples != 1 && !self.planar)) {
            return Err(damaged("the TIFF has fax compression but isn't black and white"));
        }
        if self.predictor != Predictor::None && self.subsampling != (1, 1) {
            return Err(unsupported("a TIFF with a predictor on subsampled colours"));
        }
        if self.subsampling != (1, 1) && (self.bits != 8 || self.samples != 3 || self.planar) {
            return Err(unsupported("a TIFF with this kind of subsampled colours"));
        }
        let band = if self.grid.tiled { u64::from(self.grid.h) } else { 1 };
        let row = u64::from(self.grid.w) * u64::from(self.grid.across.max(1));
        let bytes = row * u64::from(self.bits.max(8)) / 8 * self.samples as u64;
        match bytes.checked_mul(band) {
            Some(bytes) if bytes <= limits.max_bytes => Ok(()),
            _ => Err(damaged("the TIFF's rows or tiles are impossibly large")),
        }
    }

    pub(super) fn planes(&self) -> usize {
        if self.planar { self.samples } else { 1 }
    }

    /// Samples of a pixel that lie together.
    pub(super) fn together(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Rows that are packed together: several where rows share chroma samples.
    pub(super) fn rows_per_line(&self) -> u32 {
        self.subsampling.1
    }

    /// Bytes of a line that is `w` pixels wide.
    pub(super) fn line_bytes(&self, w: u32) -> usize {
        if self.photometric == Photometric::YCbCr && self.subsampling != (1, 1) {
            let (across, down) = self.subsampling;
            return w.div_ceil(across) as usize * (across * down + 2) as usize;
        }
        let bits = u64::from(w) * u64::from(self.bits) * self.together() as u64;
        bits.div_ceil(8) as usize
    }
}

fn samples(page: &Directory) -> Result<u64, Error> {
    let bits = page.numbers(tags::BITS_PER_SAMPLE, MAX_SAMPLES)?.len() as u64;
    let colors = match page.number(tags::PHOTOMETRIC)? {
        Some(2 | 6 | 8 | 9 | 10) => 3,
        Some(5) => 4,
        _ => 1,
    };
    match page.number(tags::SAMPLES_PER_PIXEL)?.unwrap_or(bits.max(colors)) {
        0 => Err(damaged("the TIFF has no samples in a pixel")),
        samples @ 1..=MAX_SAMPLES => Ok(samples),
        samples => Err(damaged(format!("the TIFF claims {samples} samples in a pixel"))),
    }
}

fn photometric(page: &Directory, samples: u64, codec: Codec) -> Result<Photometric, Error> {
    Ok(match page.number(tags::PHOTOMETRIC)? {
        Some(0) => Photometric::WhiteIsZero,
        Some(1 | 4) => Photometric::BlackIsZero, // 4 is a mask: what shows is white
        Some(2) => Photometric::Rgb,
        Some(3) => Photometric::Palette,
        Some(5) => Photometric::Separated,
        Some(6) => Photometric::YCbCr,
        Some(8) => Photometric::CieLab,
        Some(9) => Photometric::IccLab,
        Some(10) => Photometric::ItuLab,
        Some(32844) => Photometric::LogL,
        Some(32845) => Photometric::LogLuv,
        Some(32803 | 34892) => return Err(unsupported("a camera's raw TIFF (DNG)")),
        Some(other) => return Err(unsupported(format!("a TIFF of unknown colours ({other})"))),
        None if samples >= 3 && codec == Codec::OldJpeg => Photometric::YCbCr,
        None if samples >= 3 => Photometric::Rgb,
        None if codec.is_bilevel() => Photometric::WhiteIsZero,
        None => Photometric::BlackIsZero,
    })
}

fn format(page: &Directory) -> Result<Format, Error> {
    match equal(&page.numbers(tags::SAMPLE_FORMAT, MAX_SAMPLES)?, 1)? {
        0 | 1 | 4 => Ok(Format::Unsigned), // 4 is "undefined"
        2 => Ok(Format::Signed),
        3 => Ok(Format::Float),
        5 | 6 => Err(unsupported("a TIFF of complex numbers")),
        _ => Err(damaged("the TIFF has an unknown format of samples")),
    }
}

fn predictor(page: &Directory, codec: Codec) -> Result<Predictor, Error> {
    if !codec.has_predictor() {
        return Ok(Predictor::None);
    }
    match page.number(tags::PREDICTOR)? {
        None | Some(0 | 1) => Ok(Predictor::None),
        Some(2) => Ok(Predictor::Horizontal),
        Some(3) => Ok(Predictor::Float),
        Some(other) => Err(unsupported(format!("a TIFF with an unknown predictor ({other})"))),
    }
}

fn extra(page: &Directory) -> Result<Option<Vec<u64>>, Error> {
    let has = page.has(tags::EXTRA_SAMPLES);
    Ok(if has { Some(page.numbers(tags::EXTRA_SAMPLES, MAX_SAMPLES)?) } else { None })
}

fn equal(values: &[u64], absent: u64) -> Result<u64, Error> {
    let Some(first) = values.first() else { return Ok(absent) };
    if values.iter().any(|value| value != first) {
        return Err(unsupported("a TIFF whose samples are of different sizes or kinds"));
    }
    Ok(*first)
}

fn grid(page: &Directory, extent: Extent) -> Result<Grid, Error> {
    let side = |tag| -> Result<u32, Error> {
        let value = page.number(tag)?.unwrap_or(0);
        u32::try_from(value).map_err(|_| damaged("the TIFF's tiles are impossibly large"))
    };
    if page.has(tags::TILE_WIDTH) && page.has(tags::TILE_LENGTH) {
        let (w, h) = (side(tags::TILE_WIDTH)?, side(tags::TILE_LENGTH)?);
        if w == 0 || h == 0 {
            return Err(damaged("the TIFF's tiles are empty"));
        }
        let (across, down) = (extent.w.div_ceil(w), extent.h.div_ceil(h));
        return Ok(Grid { tiled: true, w, h, across, down });
    }
    // Some writers mean "everything in one strip" by zero or by the largest number there is.
    let rows = match page.number(tags::ROWS_PER_STRIP)? {
        None | Some(0) => extent.h,
        Some(rows) => u32::try_from(rows).unwrap_or(u32::MAX).min(extent.h),
    };
    Ok(Grid { tiled: false, w: extent.w, h: rows, across: 1, down: extent.h.div_ceil(rows) })
}
