//! What every decoder comes to: rows of 8 bits that a browser would show.

use iiif::image::Extent;
use serde::{Deserialize, Serialize};

use crate::Error;

/// What the file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// The format's usual name, as in "TIFF" or "JPEG 2000".
    pub format: String,
    pub media_type: String,
    /// Pages or frames; only the first is read.
    pub frames: u32,
    /// Bits in a sample.
    pub bits: u8,
    /// Samples in a pixel, opacity and unused ones included.
    pub channels: u8,
    pub had_icc: bool,
    /// As in EXIF: 1 is upright, 6 is to be turned right by a quarter.
    pub orientation: u8,
    /// As stored, before the orientation is applied.
    pub extent: Extent,
    /// What was wrong with the file and could be ignored, for people.
    #[serde(default)]
    pub notes: Vec<String>,
}

impl SourceFacts {
    /// The size that people see.
    pub fn upright(&self) -> Extent {
        let Extent { w, h } = self.extent;
        if self.orientation >= 5 { Extent { w: h, h: w } } else { self.extent }
    }
}

/// The channels of a row, 8 bits each, opacity not multiplied in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    GrayAlpha,
    Rgb,
    Rgba,
}

impl Layout {
    pub(crate) fn channels(self) -> usize {
        match self {
            Self::Gray => 1,
            Self::GrayAlpha => 2,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// Upright.
    pub(crate) extent: Extent,
    pub(crate) layout: Layout,
    pub(crate) facts: SourceFacts,
}

impl Header {
    /// Bytes in a row.
    pub(crate) fn row(&self) -> usize {
        self.extent.w as usize * self.layout.channels()
    }
}

/// Rows from the top, a band at a time.
pub(crate) trait Rows: Send {
    fn header(&self) -> &Header;

    /// Fills `out` with the next whole rows. Asking for more than there are is a mistake of the
    /// caller; a file that has less than it promised is an error.
    fn read(&mut self, out: &mut [u8]) -> Result<(), Error>;
}
