//! Sources: whatever a library sends, as rows of sRGB or gray, upright, 8 bits a sample.
//!
//! [`open`] looks at the content, never at a name, and gives [`Rows`]. Colours are managed and the
//! orientation is applied before a row leaves here. What can't be read is an
//! [`Error::Unsupported`], and another program may try.

use std::fs::File;

use iiif::image::Extent;
use serde::{Deserialize, Serialize};

use crate::{Error, Limits};

/// Which samples make a pixel: 8 bits each, sRGB or with its gamma, opacity last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Gray,
    Rgb,
    GrayAlpha,
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

/// What a source was before it was converted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// As people say it: `JPEG`, `TIFF`, `JPEG 2000`.
    pub format: String,
    pub media_type: String,
    /// Pages, or pictures of an animation; the first is the image.
    pub frames: u32,
    /// Of one sample.
    pub bits: u8,
    pub channels: u8,
    pub had_icc: bool,
    /// As in EXIF, 1 to 8.
    pub orientation: u8,
    /// As stored, before it was turned upright.
    pub extent: Extent,
}

/// What the rows will be; the extent is that of the upright image.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    pub(crate) extent: Extent,
    pub(crate) layout: Layout,
    pub(crate) orientation: u8,
    pub(crate) facts: SourceFacts,
}

/// Rows from the top, a band at a time: what every decoder gives.
pub(crate) trait Rows: Send {
    fn header(&self) -> &Header;

    /// Fills `out` with the next rows, whole ones. A file that ends too soon is an error.
    fn read(&mut self, out: &mut [u8]) -> Result<(), Error>;
}

pub(crate) fn open(
    source: File,
    limits: &Limits,
    shrink_hint: Option<u32>,
) -> Result<Box<dyn Rows>, Error> {
    let _ = (source, limits, shrink_hint);
    Err(Error::Unsupported("no decoder is built in yet".to_owned()))
}

/// Reads the header alone.
pub fn identify(source: &File) -> Result<SourceFacts, Error> {
    let _ = source;
    Err(Error::Unsupported("no decoder is built in yet".to_owned()))
}
