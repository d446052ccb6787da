//! A JPEG file as a raster.

use std::io::{BufReader, Cursor, Read};

use iiif::image::Extent;

use super::super::problem::{truncated, unsupported};
use super::super::raster::{Depth, Plan, Profile, Raster, Samples, Space as Colors, check_extent};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::segments;
use crate::jpeg::{Space, Stream, Target};
use crate::{Error, Limits};

/// At one of so many pixels in a row: 1, 2, 4 or 8, of which the larger ones are decoded faster.
pub(in super::super) fn open(
    source: Source,
    limits: &Limits,
    reduction: u32,
) -> Result<Box<dyn Raster>, Error> {
    let reader = BufReader::with_capacity(1 << 16, source.whole());
    let stream = Closed::open(reader, limits)?;
    let header = stream.header();
    let extent = check_extent(header.extent.w.into(), header.extent.h.into(), limits)?;
    let space = match header.space {
        Space::Gray => Colors::Gray,
        Space::YCbCr | Space::Rgb => Colors::Rgb,
        Space::Cmyk | Space::Ycck => Colors::Cmyk,
        Space::Other => {
            return Err(unsupported(format!(
                "a JPEG with {} samples in a pixel",
                header.components
            )));
        }
    };
    let profile = segments::profile(&header.segments);
    let facts = SourceFacts {
        format: "JPEG".into(),
        media_type: "image/jpeg".into(),
        frames: 1,
        bits: header.precision,
        channels: header.components,
        had_icc: profile.is_some(),
        orientation: segments::orientation(&header.segments).unwrap_or(1),
        extent,
        notes: Vec::new(),
    };
    let plan = Plan {
        extent: Extent::new(extent.w.div_ceil(reduction), extent.h.div_ceil(reduction)),
        space,
        alpha: false,
        depth: Depth::Eight,
        profile: profile.map_or(Profile::None, Profile::Icc),
        orientation: facts.orientation,
        facts,
    };
    // Adobe's programs store how much paper shows, not how much ink.
    let inverted = space == Colors::Cmyk && header.adobe.is_some();
    let eighths = (8 / reduction).max(1) as u8;
    Ok(Box::new(Jpeg { plan, stream, eighths, inverted, begun: false }))
}

struct Jpeg {
    plan: Plan,
    stream: Closed,
    eighths: u8,
    inverted: bool,
    begun: bool,
}

impl Raster for Jpeg {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    /// A progressive one needs the numbers of all its blocks, in two bytes each.
    fn bytes_at_once(&self) -> u64 {
        let header = self.stream.header();
        if header.progressive { header.extent.area() * u64::from(header.components) * 2 } else { 0 }
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let Samples::Eight(out) = band else { return Ok(()) };
        if !self.begun {
            self.begun = true;
            let target = match self.plan.space {
                Colors::Gray => Target::Gray,
                Colors::Rgb | Colors::Lab => Target::Rgb,
                Colors::Cmyk => Target::Cmyk,
            };
            self.stream.begin(target, self.eighths)?;
        }
        self.stream.read(out)?;
        if self.inverted {
            out.iter_mut().for_each(|sample| *sample = !*sample);
        }
        Ok(())
    }
}

/// A JPEG stream with an end put behind it: files without one are common, and are whole if all rows
/// are there.
pub(in super::super) struct Closed {
    stream: Stream,
}

const END: [u8; 2] = [0xff, 0xd9];

impl Closed {
    pub(in super::super) fn open(
        reader: impl Read + Send + 'static,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let closed = Box::new(reader.chain(Cursor::new(END)));
        let stream = Stream::open(closed, limits.max_bytes)?;
        let bits = stream.header().precision;
        if bits != 8 {
            return Err(unsupported(format!("a JPEG with {bits} bits in a sample, not 8")));
        }
        Ok(Self { stream })
    }

    pub(in super::super) fn header(&self) -> &crate::jpeg::Header {
        self.stream.header()
    }

    pub(in super::super) fn assume(&mut self, space: Space) {
        self.stream.assume(space);
    }

    /// At so many eighths of the size.
    pub(in super::super) fn begin(&mut self, target: Target, eighths: u8) -> Result<(), Error> {
        self.stream.begin(target, eighths).map(drop)
    }

    pub(in super::super) fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.stream.read(out)?;
        if self.stream.is_cut() { Err(truncated()) } else { Ok(()) }
    }
}
