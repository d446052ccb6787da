use std::ops::Range;

use bytes::Bytes;
use iiif::image::{Drawing, Extent, Format, Quality};

use super::level::Level;
use super::parsed::Pyramid;

/// A tile as it is sent: these bytes, then that part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileRef {
    pub header: Bytes,
    pub range: Range<u64>,
}

/// A stored stream begins with a marker that the header has as well.
const SOI: u64 = 2;

impl Pyramid {
    /// The stored tile that is exactly this drawing, if there is one.
    ///
    /// Edge tiles are stored at their true extent, and a level that fits into one tile is a tile,
    /// so that all that viewers ask for is found here.
    pub fn tile(&self, drawing: &Drawing) -> Option<TileRef> {
        let is_plain = drawing.format == Format::Jpg && drawing.rotation.is_none();
        if !is_plain || !self.has_quality(drawing.quality) || drawing.source != self.extent {
            return None;
        }
        let found = |level: &Level| self.tile_of_level(level, drawing);
        let (level, (column, row)) =
            self.levels.iter().enumerate().find_map(|(n, level)| Some((n, found(level)?)))?;
        let range = self.tile_range(level, column, row);
        Some(TileRef { header: self.header.clone(), range: range.start + SOI..range.end })
    }

    fn has_quality(&self, quality: Quality) -> bool {
        match quality {
            Quality::Default | Quality::Color => true,
            Quality::Gray => self.gray,
            Quality::Bitonal => false,
        }
    }

    fn tile_of_level(&self, level: &Level, drawing: &Drawing) -> Option<(u32, u32)> {
        let region = drawing.region;
        let side = u64::from(self.tile) * u64::from(level.scale_factor);
        let place =
            |start: u32| u64::from(start).is_multiple_of(side).then(|| u64::from(start) / side);
        let column = u32::try_from(place(region.x)?).ok()?;
        let row = u32::try_from(place(region.y)?).ok()?;
        let cut = |start: u32, whole: u32| side.min(u64::from(whole - start));
        let covers = u64::from(region.w) == cut(region.x, self.extent.w)
            && u64::from(region.h) == cut(region.y, self.extent.h);
        let is_there = column < level.columns && row < level.rows;
        if !covers || !is_there {
            return None;
        }
        let Extent { w, h } = level.tile_extent(column, row, self.tile);
        (drawing.size == Extent { w, h }).then_some((column, row))
    }
}
