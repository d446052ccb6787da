//! What a format decoder gives: rows in the file's own colours, before colour management.

use iiif::image::Extent;

use super::SourceFacts;
use super::problem::{damaged, too_large};
use crate::{Error, Limits};

/// The colours that samples stand for. In CMYK zero is no ink; Lab is encoded as in ICC version 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Gray,
    Rgb,
    Cmyk,
    Lab,
}

impl Space {
    pub(super) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::Rgb | Self::Lab => 3,
            Self::Cmyk => 4,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth {
    Eight,
    Sixteen,
}

/// What the file says about the meaning of its numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Profile {
    #[default]
    None,
    Icc(Vec<u8>),
    /// PNG's gAMA and cHRM: the encoding exponent, and the xy of white, red, green and blue.
    Gamma {
        gamma: f64,
        primaries: Option<[[f64; 2]; 4]>,
    },
}

/// What the rows will be, known from the header alone.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) extent: Extent,
    pub(super) space: Space,
    /// A last channel of opacity, not multiplied into the colours.
    pub(super) alpha: bool,
    pub(super) depth: Depth,
    pub(super) profile: Profile,
    /// As in EXIF, 1 to 8.
    pub(super) orientation: u8,
    pub(super) facts: SourceFacts,
}

impl Plan {
    pub(super) fn channels(&self) -> usize {
        self.space.channels() + usize::from(self.alpha)
    }

    /// Samples in one row.
    pub(super) fn row(&self) -> usize {
        self.extent.w as usize * self.channels()
    }
}

/// Whole rows of chunky samples, each using the full range of its type.
pub(super) enum Samples<'a> {
    Eight(&'a mut [u8]),
    Sixteen(&'a mut [u16]),
}

/// Rows from the top, a band at a time. The band has the plan's depth and is a whole number of rows.
pub(super) trait Raster: Send {
    fn plan(&self) -> &Plan;

    /// How much of it may be in memory at once, whatever is asked of it.
    fn bytes_at_once(&self) -> u64 {
        let sample = match self.plan().depth {
            Depth::Eight => 1,
            Depth::Sixteen => 2,
        };
        self.plan().row() as u64 * u64::from(self.plan().extent.h) * sample
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error>;
}

/// Refuses sizes that are zero or beyond the limits, before anything is allocated.
pub(super) fn check_extent(w: u64, h: u64, limits: &Limits) -> Result<Extent, Error> {
    if w == 0 || h == 0 {
        return Err(damaged("the image is empty: its width or height is zero"));
    }
    let (Ok(w32), Ok(h32)) = (u32::try_from(w), u32::try_from(h)) else {
        return Err(too_large("this image", w.max(h), u64::from(u32::MAX)));
    };
    let pixels = w * h;
    if pixels > limits.max_pixels {
        let limit = limits.max_pixels;
        return Err(Error::TooLarge(format!("it has {pixels} pixels, and the limit is {limit}")));
    }
    Ok(Extent { w: w32, h: h32 })
}

/// A buffer of zeros, if the limits allow so many bytes.
pub(super) fn buffer<T: Default + Clone>(
    len: u64,
    what: &str,
    limits: &Limits,
) -> Result<Vec<T>, Error> {
    let bytes = len.saturating_mul(size_of::<T>() as u64);
    if bytes > limits.max_bytes {
        return Err(too_large(what, bytes, limits.max_bytes));
    }
    Ok(vec![T::default(); len as usize])
}

/// A raster of 8 bits whose format gives all pixels at once, when the first row is wanted.
pub(super) struct Whole {
    plan: Plan,
    decode: Option<Decode>,
    pixels: Vec<u8>,
    at: usize,
}

type Decode = Box<dyn FnOnce() -> Result<Vec<u8>, Error> + Send>;

impl Whole {
    /// Refuses right away what wouldn't fit the limits.
    pub(super) fn new(
        plan: Plan,
        limits: &Limits,
        decode: impl FnOnce() -> Result<Vec<u8>, Error> + Send + 'static,
    ) -> Result<Self, Error> {
        let bytes = plan.row() as u64 * u64::from(plan.extent.h);
        if bytes > limits.max_bytes {
            return Err(too_large(
                "this image, which can't be read in parts,",
                bytes,
                limits.max_bytes,
            ));
        }
        Ok(Self { plan, decode: Some(Box::new(decode)), pixels: Vec::new(), at: 0 })
    }
}

impl Raster for Whole {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        if let Some(decode) = self.decode.take() {
            self.pixels = decode()?;
        }
        let Samples::Eight(out) = band else { return Ok(()) };
        let rows = self.pixels.get(self.at..self.at + out.len());
        out.copy_from_slice(rows.ok_or_else(|| damaged("the image has too few rows"))?);
        self.at += out.len();
        Ok(())
    }
}
