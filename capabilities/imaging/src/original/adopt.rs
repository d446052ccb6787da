use std::fs::File;

use iiif::image::{Drawing, Extent, Format, Quality, Rect, Rotation, Size};
use serde::{Deserialize, Serialize};

use super::outline::Outline;
use super::picture::Original;
use crate::decode::InPlace;
use crate::thumbnails::{Album, QUALITY, extents};
use crate::{DrawSettings, Error, Limits, SourceFacts, Thumbnail};

/// How an original is taken in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AdoptSettings {
    /// Sizes that don't reduce the image are left out.
    pub thumbnails: Vec<Size>,
    pub limits: Limits,
}

/// What was found of an original, and made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    pub outline: Outline,
    pub source: SourceFacts,
    /// In the order of the settings, without repetitions.
    pub thumbnails: Vec<Thumbnail>,
}

/// The side of the corner that is decoded to see whether the file has all its pixels.
const CORNER: u32 = 64;

/// Looks whether a file can be drawn in place, and writes its thumbnails.
pub fn adopt(file: File, thumbnails: &File, settings: &AdoptSettings) -> Result<Adopted, Error> {
    let mut file = InPlace::open(file, &settings.limits)?;
    file.check()?;
    let source = file.facts().clone();
    let original = Original::in_place(file)?;
    let draws = DrawSettings {
        jpeg_quality: QUALITY,
        max_bytes: settings.limits.max_bytes,
        ..DrawSettings::default()
    };
    let extent = original.outline().extent;
    original.draw(&plain(extent, last_corner(extent), None), &draws)?;

    let mut album = Album::new(thumbnails);
    for to in extents(&settings.thumbnails, extent) {
        let jpeg = original.draw(&plain(extent, Rect::whole(extent), Some(to)), &draws)?;
        album.add(to, &jpeg)?;
    }
    Ok(Adopted { outline: original.outline().clone(), source, thumbnails: album.close()? })
}

/// What a file that was cut short lacks.
fn last_corner(extent: Extent) -> Rect {
    let (w, h) = (CORNER.min(extent.w), CORNER.min(extent.h));
    Rect { x: extent.w - w, y: extent.h - h, w, h }
}

/// A part of the image as a JPEG, upright, at its own size if no other is wanted.
fn plain(source: Extent, region: Rect, to: Option<Extent>) -> Drawing {
    Drawing {
        source,
        region,
        size: to.unwrap_or(region.extent()),
        rotation: Rotation::NONE,
        quality: Quality::Default,
        format: Format::Jpg,
        canonical: String::new(),
    }
}
