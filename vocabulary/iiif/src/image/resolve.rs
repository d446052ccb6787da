use serde::{Deserialize, Serialize};

use super::scale::{Scaling, Sides};
use super::{
    Extent, Format, ImageRequest, Limits, Quality, Rect, Region, Rotation, SizeForm, Version,
    canonical,
};

/// A request, worked out for one image: what to draw, with nothing left to decide.
///
/// Two requests for the same picture come to equal drawings of one version, however they were
/// spelled. The region lies inside the source, and no side is zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawing {
    pub source: Extent,
    pub region: Rect,
    /// What the region is scaled to, before it is turned.
    pub size: Extent,
    pub rotation: Rotation,
    /// Never [`Quality::Color`]: that is what the default is.
    pub quality: Quality,
    pub format: Format,
    /// The request's path in its canonical form, as in `full/max/0/default.jpg`.
    pub canonical: String,
}

/// A request that is well written, but can't be answered for this image.
///
/// The answer is 400, and 501 for [`NoUpscaling`](Self::NoUpscaling).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SizeError {
    #[error("the region lies outside the image, which is {source_extent}")]
    OutOfBounds { source_extent: Extent },
    #[error("the region or the size comes to less than one pixel")]
    Empty,
    #[error("the size is larger than the region, which is {region}")]
    Upscale { region: Extent },
    #[error("images are not enlarged here, and the region is {region}")]
    NoUpscaling { region: Extent },
    #[error("the size is above the limits of this image: see its info.json")]
    AboveLimits,
    #[error("a {format} file has at most {} pixels on a side", format.longest_edge())]
    AboveFormat { format: Format },
}

impl ImageRequest {
    /// Works the request out for an image. Explicit sizes above the limits are refused; the forms
    /// that ask for as much as there is (`max`, `full`, `!w,h`) are held back by them.
    pub fn resolve(&self, source: Extent, limits: &Limits) -> Result<Drawing, SizeError> {
        if source.is_empty() {
            return Err(SizeError::Empty);
        }
        let region = self.region.within(source)?;
        let scaling = Scaling { region, source };
        let size = self.scaled(&scaling, limits)?;

        let Self { version, rotation, format, .. } = *self;
        if rotation.bounds(size).longest_edge() > format.longest_edge() {
            return Err(SizeError::AboveFormat { format });
        }
        let quality = match self.quality {
            Quality::Color => Quality::Default,
            quality @ (Quality::Default | Quality::Gray | Quality::Bitonal) => quality,
        };
        let mut drawing =
            Drawing { source, region, size, rotation, quality, format, canonical: String::new() };
        drawing.canonical = canonical::path(version, &drawing, limits);
        Ok(drawing)
    }

    fn scaled(&self, scaling: &Scaling, limits: &Limits) -> Result<Extent, SizeError> {
        let region = scaling.region.extent();
        let bounds = limits.bounds();
        let bounds = if self.size.upscale { bounds } else { bounds.and(region) };
        let sides = scaling.sides(self.size.form, bounds);
        if sides.w == 0 || sides.h == 0 {
            return Err(self.nothing(limits));
        }

        if self.enlarges(sides, region) {
            match (self.version, self.size.upscale, limits.upscaling) {
                (Version::V3, true, true) | (Version::V2, _, true) => {}
                (Version::V3, true, false) => return Err(SizeError::NoUpscaling { region }),
                (Version::V3, false, _) | (Version::V2, _, false) => {
                    return Err(SizeError::Upscale { region });
                }
            }
        }
        sides.extent().filter(|size| limits.allow(*size)).ok_or(SizeError::AboveLimits)
    }

    /// More than 100 per cent is too much even where it rounds to the same pixels.
    fn enlarges(&self, sides: Sides, region: Extent) -> bool {
        let above = !self.size.upscale
            && matches!(self.size.form, SizeForm::Percent(percent) if percent > 100.0);
        above || sides.w > region.w.into() || sides.h > region.h.into()
    }

    /// A side is zero because the client says so, or because the limits leave nothing.
    fn nothing(&self, limits: &Limits) -> SizeError {
        if limits.allow(Extent::new(1, 1)) { SizeError::Empty } else { SizeError::AboveLimits }
    }
}

impl Region {
    /// Where it lies in an image; what reaches over the edge is cut off.
    fn within(self, source: Extent) -> Result<Rect, SizeError> {
        let (x, y, w, h) = match self {
            Self::Full => return Ok(Rect::whole(source)),
            Self::Square => {
                let side = source.w.min(source.h);
                let (x, y) = ((source.w - side) / 2, (source.h - side) / 2);
                return Ok(Rect { x, y, w: side, h: side });
            }
            Self::Pixels { x, y, w, h } => (x, y, w, h),
            Self::Percent { x, y, w, h } => {
                (start(x, source.w), start(y, source.h), length(w, source.w), length(h, source.h))
            }
        };
        if w == 0 || h == 0 {
            return Err(SizeError::Empty);
        }
        let (x, w) = cut(x, w, source.w).ok_or(SizeError::OutOfBounds { source_extent: source })?;
        let (y, h) = cut(y, h, source.h).ok_or(SizeError::OutOfBounds { source_extent: source })?;
        Ok(Rect { x, y, w, h })
    }
}

/// A start below 100 per cent is inside the image, even where it rounds to the far edge.
fn start(percent: f64, side: u32) -> u64 {
    let pixel = (f64::from(side) * percent / 100.0).round() as u64;
    if percent < 100.0 { pixel.min(u64::from(side) - 1) } else { pixel }
}

/// A length above nothing is at least a pixel.
fn length(percent: f64, side: u32) -> u64 {
    let pixels = (f64::from(side) * percent / 100.0).round() as u64;
    if percent > 0.0 { pixels.max(1) } else { 0 }
}

fn cut(start: u64, length: u64, side: u32) -> Option<(u32, u32)> {
    let start = u32::try_from(start).ok().filter(|start| *start < side)?;
    let rest = side - start;
    Some((start, u32::try_from(length).map_or(rest, |length| length.min(rest))))
}

impl Drawing {
    pub fn is_full_region(&self) -> bool {
        self.region == Rect::whole(self.source)
    }

    /// Neither enlarged nor reduced.
    pub fn is_natural_size(&self) -> bool {
        self.size == self.region.extent()
    }

    pub fn longest_edge(&self) -> u32 {
        self.size.longest_edge()
    }

    /// The extent of the answer, after the rotation.
    pub fn output_extent(&self) -> Extent {
        self.rotation.bounds(self.size)
    }

    /// The same for an image without colours, where gray is what the default is.
    pub fn of_gray_source(mut self) -> Self {
        if self.quality == Quality::Gray {
            self.quality = Quality::Default;
            self.canonical = self.canonical.replace("/gray.", "/default.");
        }
        self
    }
}
