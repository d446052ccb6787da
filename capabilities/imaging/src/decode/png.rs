//! PNG, row by row; interlaced pictures at once. Of an APNG, the still picture.

use std::io::{BufReader, ErrorKind};

use png::{
    BitDepth, ColorType, Decoder, DecodingError, Info, Limits as PngLimits, Reader, Transformations,
};

use super::exif;
use super::problem::{damaged, truncated};
use super::raster::{Depth, Plan, Profile, Raster, Samples, Space, buffer, check_extent};
use super::rows::SourceFacts;
use super::source::{Section, Source};
use crate::{Error, Limits};

/// EXIF beyond this is not about the orientation.
const MAX_EXIF: u64 = 1 << 20;

pub(super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let mut decoder = Decoder::new(BufReader::with_capacity(1 << 16, source.whole()));
    decoder
        .set_limits(PngLimits { bytes: usize::try_from(limits.max_bytes).unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let reader = decoder.read_info().map_err(explain)?;
    let plan = plan(&reader, &source, limits)?;
    let interlaced = reader.info().interlaced;
    Ok(Box::new(Png { plan, reader, interlaced, limits: limits.clone(), whole: Vec::new(), at: 0 }))
}

struct Png {
    plan: Plan,
    reader: Reader<BufReader<Section>>,
    interlaced: bool,
    limits: Limits,
    /// All of an interlaced picture.
    whole: Vec<u8>,
    at: usize,
}

impl Png {
    fn row_bytes(&self) -> usize {
        self.plan.row() * if self.plan.depth == Depth::Sixteen { 2 } else { 1 }
    }

    fn bytes(&mut self) -> Result<&[u8], Error> {
        let n = self.row_bytes();
        if self.interlaced {
            if self.whole.is_empty() {
                let len = n as u64 * u64::from(self.plan.extent.h);
                self.whole = buffer(len, "this interlaced PNG", &self.limits)?;
                self.reader.next_frame(&mut self.whole).map_err(explain)?;
            }
            self.at += n;
            return self.whole.get(self.at - n..self.at).ok_or_else(truncated);
        }
        let row = self.reader.next_row().map_err(explain)?.ok_or_else(truncated)?;
        row.data().get(..n).ok_or_else(|| damaged("a row of the PNG is too short"))
    }
}

impl Raster for Png {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let row = self.plan.row();
        match band {
            Samples::Eight(out) => {
                for out in out.chunks_exact_mut(row) {
                    out.copy_from_slice(self.bytes()?);
                }
            }
            Samples::Sixteen(out) => {
                for out in out.chunks_exact_mut(row) {
                    let pairs = self.bytes()?.as_chunks::<2>().0;
                    let words = pairs.iter().map(|pair| u16::from_be_bytes(*pair));
                    out.iter_mut().zip(words).for_each(|(place, word)| *place = word);
                }
            }
        }
        Ok(())
    }
}

fn plan(
    reader: &Reader<BufReader<Section>>,
    source: &Source,
    limits: &Limits,
) -> Result<Plan, Error> {
    let info = reader.info();
    let extent = check_extent(info.width.into(), info.height.into(), limits)?;
    let (color, depth) = reader.output_color_type();
    let (space, alpha) = match color {
        ColorType::Grayscale => (Space::Gray, false),
        ColorType::GrayscaleAlpha => (Space::Gray, true),
        ColorType::Rgb => (Space::Rgb, false),
        ColorType::Rgba => (Space::Rgb, true),
        ColorType::Indexed => return Err(damaged("the PNG has no palette")),
    };
    let exif = info.exif_metadata.as_deref().map(<[u8]>::to_vec);
    let exif = exif.or_else(|| late_exif(source));
    let facts = SourceFacts {
        format: "PNG".into(),
        media_type: "image/png".into(),
        frames: frames(info),
        bits: info.bit_depth as u8,
        channels: info.color_type.samples() as u8,
        had_icc: info.icc_profile.is_some(),
        orientation: exif.and_then(|block| exif::orientation(&block)).unwrap_or(1),
        extent,
        notes: Vec::new(),
    };
    let depth = if depth == BitDepth::Sixteen { Depth::Sixteen } else { Depth::Eight };
    let (profile, orientation) = (profile(info), facts.orientation);
    Ok(Plan { extent, space, alpha, depth, profile, orientation, facts })
}

/// The still picture is one more if it isn't part of the animation.
fn frames(info: &Info<'_>) -> u32 {
    let moving = info.animation_control.map_or(0, |animation| animation.num_frames);
    moving.saturating_add(u32::from(info.frame_control.is_none())).max(1)
}

/// A profile before all; sRGB's name says that there is none to apply; gamma only without both.
fn profile(info: &Info<'_>) -> Profile {
    if let Some(icc) = &info.icc_profile {
        return Profile::Icc(icc.to_vec());
    }
    let Some(gamma) = info.gama_chunk.filter(|_| info.srgb.is_none()) else { return Profile::None };
    let primaries = info.chrm_chunk.map(|points| {
        [points.white, points.red, points.green, points.blue]
            .map(|(x, y)| [f64::from(x.into_value()), f64::from(y.into_value())])
    });
    let gamma = f64::from(gamma.into_value());
    // This is how sRGB is written by programs that know no better.
    if (gamma - 1.0 / 2.2).abs() < 0.01 && primaries.is_none_or(|points| is_srgb(&points)) {
        return Profile::None;
    }
    Profile::Gamma { gamma, primaries }
}

/// White, red, green and blue, as near as the chunk's digits allow.
fn is_srgb(points: &[[f64; 2]; 4]) -> bool {
    const SRGB: [[f64; 2]; 4] = [[0.3127, 0.329], [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]];
    points.iter().flatten().zip(SRGB.iter().flatten()).all(|(is, srgb)| (is - srgb).abs() < 0.002)
}

/// EXIF may stand after the pixels.
fn late_exif(source: &Source) -> Option<Vec<u8>> {
    let mut at = 8;
    loop {
        let mut head = [0; 8];
        source.read_exact(at, &mut head).ok()?;
        let len = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        match &head[4..] {
            b"eXIf" => return source.bytes(at + 8, len, MAX_EXIF).ok(),
            b"IEND" => return None,
            _ => at += 12 + len,
        }
    }
}

fn explain(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => truncated(),
        DecodingError::IoError(error) => Error::Io(error),
        DecodingError::LimitsExceeded => {
            Error::TooLarge("reading this PNG takes more memory than is allowed".to_owned())
        }
        DecodingError::Format(error) => damaged(in_words(&error.to_string())),
        // Of ours, not of the file: the plan and the rows contradict each other.
        DecodingError::Parameter(error) => damaged(error.to_string()),
    }
}

/// What the decoder says to programmers, for librarians; it keeps the kinds of its errors to itself.
fn in_words(error: &str) -> &'static str {
    const WORDS: [(&str, &str); 10] = [
        ("CRC error", "a checksum of the PNG is wrong, so bytes of it were changed"),
        ("Corrupt deflate", "the PNG's pixels can't be unpacked"),
        ("chunk is missing", "there are no pixels in the PNG"),
        ("not have enough data", "there are fewer pixels in the PNG than it says"),
        ("palette", "the PNG's palette is missing or too short"),
        ("dimensions", "the PNG says nothing possible about its width and height"),
        ("Invalid color", "the PNG says nothing possible about its colours"),
        ("bit depth", "the PNG says nothing possible about its colours"),
        ("Unknown", "the PNG is packed in a way that no standard has"),
        ("Unrecognized critical", "the PNG needs something that no standard has"),
    ];
    let known = WORDS.iter().find(|(mark, _)| error.contains(mark));
    known.map_or("the parts of the PNG are damaged or out of order", |(_, words)| words)
}
