use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;

use super::{Format, Quality, Region, Rotation, Size, Version};

/// What a client asks of one image: the end of the URL,
/// `{region}/{size}/{rotation}/{quality}.{format}`.
///
/// The words of the specification, in the order in which they are carried out:
///
/// | word | it says | words not to use |
/// | --- | --- | --- |
/// | [region](Region) | which part of the image | crop, bbox, area, viewport |
/// | [size](Size) | what the region is scaled to | dimensions, scale, resolution |
/// | [rotation](Rotation) | mirrored or not, then turned clockwise | orientation, flip |
/// | [quality](Quality) | which colours | colour space, compression |
/// | [format](Format) | which file format | extension, codec, MIME |
///
/// A request holds what was written, so `pct:50` stays `pct:50`; it knows no image. Resolved
/// against one it is a [`Drawing`](super::Drawing), and two requests for the same picture come to
/// equal drawings. A *tile* is no kind of request: it is a drawing that happens to lie on the grid
/// which `info.json` states. The *identifier* stands before the request and is not part of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImageRequest {
    pub version: Version,
    pub region: Region,
    pub size: Size,
    pub rotation: Rotation,
    pub quality: Quality,
    pub format: Format,
}

/// A request that the grammar does not know; the answer is 400.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the {parameter} {found:?} is not understood; accepted: {accepted}")]
pub struct SyntaxError {
    pub parameter: &'static str,
    /// What was written, cut short.
    pub found: String,
    pub accepted: &'static str,
}

impl SyntaxError {
    fn new(parameter: &'static str, found: &str, accepted: &'static str) -> Self {
        Self { parameter, found: found.chars().take(60).collect(), accepted }
    }
}

impl ImageRequest {
    /// Reads the path after the identifier, still percent-encoded. It is decoded here, once.
    pub fn parse(version: Version, path: &str) -> Result<Self, SyntaxError> {
        let malformed = || SyntaxError::new("request", path, "region/size/rotation/quality.format");

        let mut segments = path.split('/').map(decode);
        let mut next = || segments.next().flatten().ok_or_else(malformed);
        let (region, size, rotation, last) = (next()?, next()?, next()?, next()?);
        if segments.next().is_some() {
            return Err(malformed());
        }
        let (quality, format) = last.split_once('.').unwrap_or((&last, ""));

        let refuse = SyntaxError::new;
        Ok(Self {
            version,
            region: Region::parse(&region)
                .ok_or_else(|| refuse("region", &region, Region::ACCEPTED))?,
            size: Size::parse(&size, version)
                .ok_or_else(|| refuse("size", &size, Size::accepted(version)))?,
            rotation: Rotation::parse(&rotation)
                .ok_or_else(|| refuse("rotation", &rotation, Rotation::ACCEPTED))?,
            quality: Quality::parse(quality)
                .ok_or_else(|| refuse("quality", quality, Quality::ACCEPTED))?,
            format: Format::from_extension(format)
                .ok_or_else(|| refuse("format", format, Format::ACCEPTED))?,
        })
    }
}

/// Decoded before it is read, so `%5E` is `^`; a `+` is no blank in a path.
fn decode(segment: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(segment).decode_utf8().ok()
}

impl fmt::Display for ImageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version: _, region, size, rotation, quality, format } = self;
        write!(f, "{region}/{size}/{rotation}/{quality}.{format}")
    }
}
