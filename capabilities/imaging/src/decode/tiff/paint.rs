//! A row of colours from a row of samples: one painter for each kind of colours.

use super::super::raster::{Depth, Space, buffer};
use super::codec::Recipe;
use super::ifd::Directory;
use super::layout::{Format, Layout, Photometric};
use super::logluv::{self, Exposure, Log};
use super::palette::Palette;
use super::pixels::Pixels;
use super::plane::Lines;
use super::range::{Measure, Range};
use super::tags;
use super::unpack::{self, Kind, Number};
use super::ycbcr::YCbCr;
use crate::Error;

pub(super) enum Painter {
    Direct(Direct),
    Indexed(Indexed),
    /// YCbCr whose pixels share chroma samples.
    Shared {
        ycbcr: YCbCr,
        waiting: Vec<u8>,
    },
    Light {
        log: Log,
        number: Number,
        factor: f64,
    },
}

/// Samples are colours, or can be counted into colours.
pub(super) struct Direct {
    kind: Kind,
    pixels: Pixels,
    range: Option<Range>,
    no_data: Option<f64>,
    bytes: Vec<u8>,
    words: Vec<u16>,
}

pub(super) struct Indexed {
    palette: Palette,
    gray: bool,
    alpha: bool,
    samples: Vec<u16>,
}

impl Painter {
    pub(super) fn new(tags: &Directory, layout: &Layout) -> Result<Self, Error> {
        let is_ycbcr = layout.photometric == Photometric::YCbCr;
        let ycbcr = is_ycbcr.then(|| YCbCr::read(tags)).transpose()?;
        Ok(match (layout.photometric, ycbcr) {
            (Photometric::LogL, _) => Self::light(Log::L16, layout),
            (Photometric::LogLuv, _) if layout.bits == 24 => Self::light(Log::Luv24, layout),
            (Photometric::LogLuv, _) => Self::light(Log::Luv32, layout),
            (Photometric::Palette, _) => {
                let palette = Palette::read(tags, layout)?;
                let alpha = Pixels::new(layout, None)?.alpha.is_some();
                let gray = palette.is_gray();
                Self::Indexed(Indexed { palette, gray, alpha, samples: Vec::new() })
            }
            (_, Some(ycbcr)) if layout.subsampling != (1, 1) => {
                Self::Shared { ycbcr, waiting: Vec::new() }
            }
            (_, ycbcr) => Self::Direct(Direct::new(tags, layout, ycbcr)?),
        })
    }

    fn light(log: Log, layout: &Layout) -> Self {
        let number =
            Number { bits: layout.bits, format: Format::Unsigned, big_endian: layout.big_endian };
        Self::Light { log, number, factor: 1.0 }
    }

    pub(super) fn space(&self) -> Space {
        match self {
            Self::Direct(direct) => direct.pixels.space,
            Self::Indexed(Indexed { gray: true, .. }) | Self::Light { log: Log::L16, .. } => {
                Space::Gray
            }
            Self::Indexed(_) | Self::Shared { .. } | Self::Light { .. } => Space::Rgb,
        }
    }

    /// How many of a pixel's samples are looked at.
    pub(super) fn samples(&self) -> usize {
        match self {
            Self::Direct(direct) => direct.pixels.used(),
            Self::Indexed(indexed) => 1 + usize::from(indexed.alpha),
            Self::Shared { .. } | Self::Light { .. } => 3,
        }
    }

    pub(super) fn alpha(&self) -> bool {
        match self {
            Self::Direct(direct) => direct.pixels.alpha.is_some(),
            Self::Indexed(indexed) => indexed.alpha,
            Self::Shared { .. } | Self::Light { .. } => false,
        }
    }

    pub(super) fn depth(&self) -> Depth {
        match self {
            Self::Direct(direct) if direct.kind.is_small() => Depth::Eight,
            Self::Direct(_) | Self::Light { .. } => Depth::Sixteen,
            Self::Indexed(_) | Self::Shared { .. } => Depth::Eight,
        }
    }

    /// Whether a part of the image looks the same without the rest of it.
    pub(super) fn is_fixed(&self) -> bool {
        match self {
            Self::Direct(direct) => direct.range.is_some(),
            Self::Indexed(_) | Self::Shared { .. } => true,
            Self::Light { .. } => false,
        }
    }

    /// Whether rows are what the lines are, byte for byte.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self, Self::Direct(Direct { kind: Kind::Byte, pixels, .. }) if pixels.as_they_are())
    }

    /// Before the first row: buffers, and a look at the whole image if its range is unknown.
    pub(super) fn begin(
        &mut self,
        open: impl Fn() -> Result<Lines, Error>,
        recipe: &Recipe,
    ) -> Result<(), Error> {
        let layout = &recipe.layout;
        let samples = u64::from(layout.extent.w) * layout.samples as u64;
        match self {
            Self::Direct(direct) => {
                if direct.kind.is_small() {
                    direct.bytes = buffer(samples, "a row of the image", &recipe.limits)?;
                } else {
                    direct.words = buffer(samples, "a row of the image", &recipe.limits)?;
                }
                direct.measure(open, layout)?;
            }
            Self::Indexed(indexed) => {
                indexed.samples = buffer(samples, "a row of the image", &recipe.limits)?;
            }
            Self::Shared { .. } => {}
            Self::Light { log, number, factor } => {
                let mut exposure = Exposure::default();
                let mut lines = open()?;
                for _ in 0..layout.extent.h {
                    lines.next(|place, packed| {
                        let pixels = number.each(packed).take(place.end - place.start);
                        pixels.for_each(|pixel| exposure.add(*log, pixel as u32));
                    })?;
                }
                *factor = exposure.factor();
            }
        }
        Ok(())
    }

    /// Paints the next row in bytes.
    pub(super) fn bytes(&mut self, lines: &mut Lines, out: &mut [u8]) -> Result<(), Error> {
        match self {
            Self::Direct(direct) => direct.row_of_bytes(lines, out),
            Self::Indexed(indexed) => indexed.row(lines, out),
            Self::Shared { ycbcr, waiting } => {
                if waiting.is_empty() {
                    *waiting = shared_rows(ycbcr, lines, out.len())?;
                }
                out.copy_from_slice(&waiting[..out.len()]);
                waiting.drain(..out.len());
                Ok(())
            }
            Self::Light { .. } => Ok(()), // is painted in words
        }
    }

    /// Paints the next row in 16 bits.
    pub(super) fn words(&mut self, lines: &mut Lines, out: &mut [u16]) -> Result<(), Error> {
        match self {
            Self::Direct(direct) => direct.row_of_words(lines, out),
            Self::Light { log, number, factor } => lines.next(|place, packed| {
                let channels = if *log == Log::L16 { 1 } else { 3 };
                let places = out[place.start * channels..place.end * channels].chunks_mut(channels);
                for (place, pixel) in places.zip(number.each(packed)) {
                    match place {
                        [gray] => *gray = logluv::gray(pixel as u32, *factor),
                        rgb => rgb.copy_from_slice(&logluv::rgb(*log, pixel as u32, *factor)),
                    }
                }
            }),
            Self::Indexed(_) | Self::Shared { .. } => Ok(()), // are painted in bytes
        }
    }
}

/// Rows of RGB that share chroma, each `row` bytes long.
fn shared_rows(ycbcr: &YCbCr, lines: &mut Lines, row: usize) -> Result<Vec<u8>, Error> {
    let subsampling = lines.layout().subsampling;
    let down = subsampling.1 as usize;
    let mut rows = vec![0; row * down];
    let mut part = Vec::new();
    lines.next(|place, packed| {
        // A place counts samples, three to a pixel, and so do rows of RGB.
        let width = place.end - place.start;
        part.clear();
        part.resize(width * down, 0);
        ycbcr.unpack(packed, subsampling, width / 3, &mut part);
        for (row, part) in rows.chunks_exact_mut(row).zip(part.chunks_exact(width)) {
            row[place.start..place.end].copy_from_slice(part);
        }
    })?;
    Ok(rows)
}

impl Direct {
    fn new(tags: &Directory, layout: &Layout, ycbcr: Option<YCbCr>) -> Result<Self, Error> {
        let pixels = Pixels::new(layout, ycbcr)?;
        let kind = if pixels.space == Space::Lab { Kind::of_lab(layout) } else { Kind::of(layout) };
        let range = if matches!(kind, Kind::Wide(_)) && pixels.space != Space::Lab {
            let least = tags.reals(tags::S_MIN_SAMPLE_VALUE, 1)?;
            let greatest = tags.reals(tags::S_MAX_SAMPLE_VALUE, 1)?;
            Range::known(layout, &least, &greatest)
        } else {
            Some(Range::new(0.0, 255.0))
        };
        let no_data = tags.bytes(tags::GDAL_NODATA, 64)?.and_then(|text| {
            let text = String::from_utf8_lossy(&text).into_owned();
            text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).parse().ok()
        });
        Ok(Self { kind, pixels, range, no_data, bytes: Vec::new(), words: Vec::new() })
    }

    /// Looks at all colours of the image, if nothing else says what is black and what is white.
    fn measure(
        &mut self,
        open: impl Fn() -> Result<Lines, Error>,
        layout: &Layout,
    ) -> Result<(), Error> {
        let (Kind::Wide(number), None) = (&self.kind, self.range) else { return Ok(()) };
        let (mut lines, mut measure) = (open()?, Measure::new(self.no_data));
        let (samples, colors) = (layout.samples, self.pixels.space.channels());
        for _ in 0..layout.extent.h {
            lines.next(|place, packed| {
                let places = (place.start..place.end).step_by(place.step);
                for (at, value) in places.zip(number.each(packed)) {
                    if at % samples < colors {
                        measure.add(value);
                    }
                }
            })?;
        }
        self.range = Some(measure.range(layout));
        Ok(())
    }

    fn row_of_bytes(&mut self, lines: &mut Lines, out: &mut [u8]) -> Result<(), Error> {
        let in_place = self.pixels.in_place();
        let row = if in_place { &mut *out } else { &mut self.bytes[..] };
        lines.next(|place, packed| {
            unpack::bytes(&self.kind, packed, &mut row[place.start..place.end], place.step);
        })?;
        if !in_place {
            self.pixels.pick(&self.bytes, out);
        }
        self.pixels.finish(out);
        Ok(())
    }

    fn row_of_words(&mut self, lines: &mut Lines, out: &mut [u16]) -> Result<(), Error> {
        let in_place = self.pixels.in_place();
        let range = self.range.unwrap_or_default();
        let row = if in_place { &mut *out } else { &mut self.words[..] };
        lines.next(|place, packed| {
            unpack::words(&self.kind, range, packed, &mut row[place.start..place.end], place.step);
        })?;
        if !in_place {
            self.pixels.pick(&self.words, out);
        }
        self.pixels.finish(out);
        Ok(())
    }
}

impl Indexed {
    fn row(&mut self, lines: &mut Lines, out: &mut [u8]) -> Result<(), Error> {
        let layout = lines.layout();
        let (samples, most) = (layout.samples, (1_u32 << layout.bits.min(16)) - 1);
        let row = &mut self.samples;
        lines.next(|place, packed| {
            unpack::indices(&layout, packed, &mut row[place.start..place.end], place.step);
        })?;
        let colors = if self.gray { 1 } else { 3 };
        let pixels = out.chunks_exact_mut(colors + usize::from(self.alpha));
        for (pixel, sample) in pixels.zip(self.samples.chunks_exact(samples)) {
            pixel[..colors].copy_from_slice(&self.palette.color(sample[0])[..colors]);
            if let (Some(opacity), Some(value)) = (pixel.get_mut(colors), sample.get(1)) {
                *opacity = ((u32::from(*value) * 255 + most / 2) / most) as u8;
            }
        }
        Ok(())
    }
}
