//! Opens a file that can be drawn in parts, as it is: a tiled TIFF, or a JPEG 2000.

use std::fs::File;

use iiif::image::{Extent, Rect};

use super::colour::Managed;
use super::problem::not_ready;
use super::raster::Space;
use super::rows::{Rows, SourceFacts};
use super::sniff::{HEAD, Kind, sniff};
use super::source::Source;
use super::{jp2, tiff};
use crate::{Error, Limits};

/// The index of a file that is drawn in place: read once, then asked for one part after the other.
pub(crate) struct InPlace(Index);

enum Index {
    Tiff(tiff::Tiled),
    Jp2(jp2::Resolutions),
}

impl InPlace {
    pub(crate) fn open(file: File, limits: &Limits) -> Result<Self, Error> {
        let source = Source::from_file(file)?;
        let index = match sniff(&source.head(HEAD)?) {
            Kind::Tiff => tiff::Tiled::open(source, limits).map(Index::Tiff),
            Kind::Jp2 | Kind::J2k => jp2::Resolutions::open(source, limits).map(Index::Jp2),
            Kind::Jpeg
            | Kind::Png
            | Kind::Webp
            | Kind::Gif
            | Kind::Bmp
            | Kind::Fax
            | Kind::Other(_) => Err(not_ready("it is neither a tiled TIFF nor a JPEG 2000")),
        };
        index.map(Self)
    }

    pub(crate) fn facts(&self) -> &SourceFacts {
        match &self.0 {
            Index::Tiff(tiff) => tiff.facts(),
            Index::Jp2(jp2) => jp2.facts(),
        }
    }

    /// The extents at which the image is kept, and by how much they are reduced; the largest first.
    pub(crate) fn levels(&self) -> Vec<(Extent, u32)> {
        match &self.0 {
            Index::Tiff(tiff) => tiff.levels(),
            Index::Jp2(jp2) => jp2.levels(),
        }
    }

    /// What is decoded at once, if it is less than all.
    pub(crate) fn tile(&self) -> Option<Extent> {
        match &self.0 {
            Index::Tiff(tiff) => Some(tiff.tile()),
            Index::Jp2(jp2) => jp2.tile(),
        }
    }

    /// Whether [`tile`](Self::tile) is a tile, and not a precinct.
    pub(crate) fn is_tiled(&self) -> bool {
        match &self.0 {
            Index::Tiff(_) => true,
            Index::Jp2(jp2) => jp2.is_tiled(),
        }
    }

    /// Whether what is decoded is in memory at once, and not row by row.
    pub(crate) fn is_by_area(&self) -> bool {
        matches!(self.0, Index::Jp2(_))
    }

    pub(crate) fn is_gray(&self) -> bool {
        let space = match &self.0 {
            Index::Tiff(tiff) => tiff.space,
            Index::Jp2(jp2) => jp2.space(),
        };
        space == Space::Gray
    }

    /// Whether the file has all that its index speaks of.
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        match &mut self.0 {
            Index::Tiff(tiff) => tiff.check(),
            Index::Jp2(jp2) => jp2.check(),
        }
    }

    /// At least a part of a level, in sRGB or grey, and what it is a part of the level.
    pub(crate) fn part(&self, level: usize, part: Rect) -> Result<(Box<dyn Rows>, Rect), Error> {
        let (raster, part) = match &self.0 {
            Index::Tiff(tiff) => tiff.part(level, part)?,
            Index::Jp2(jp2) => jp2.part(level, part)?,
        };
        Ok((Box::new(Managed::new(raster)?), part))
    }
}
