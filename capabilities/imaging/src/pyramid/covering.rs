use std::ops::Range;

use iiif::image::{Drawing, Extent, Quality, Rect};

use super::level::Level;
use super::parsed::Pyramid;

/// What has to be read for a drawing, and what will be decoded of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Covering {
    /// An index into the levels of the pyramid.
    pub level: usize,
    /// Ranges of the file, row by row. Give their bytes to [`draw`](crate::draw) in this order.
    pub tiles: Vec<Range<u64>>,
    /// The columns and rows of tiles that are read.
    pub(crate) columns: Range<u32>,
    pub(crate) rows: Range<u32>,
    /// Tiles are decoded at this many eighths of their size.
    pub(crate) eighths: u8,
    /// What is drawn, in pixels of the reduced level, counted from its top left.
    pub(crate) window: Window,
}

/// A part of a level, not always of whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Window {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Pyramid {
    /// What must be read for a drawing: tiles of the smallest level that has enough pixels.
    pub fn covering(&self, drawing: &Drawing) -> Covering {
        let region = drawing.region;
        let is_enough = |level: &Level| {
            region.w.div_ceil(level.scale_factor) >= drawing.size.w
                && region.h.div_ceil(level.scale_factor) >= drawing.size.h
        };
        let number = self.levels.iter().rposition(is_enough).unwrap_or(0);
        let level = &self.levels[number];
        let eighths = self.eighths(level, drawing);
        let window = self.window(level, region);
        let tiles = |start: f64, length: f64, side: u32| {
            let end = ((start + length).ceil() as u32).min(side);
            let start = (start as u32).min(end.saturating_sub(1));
            start / self.tile..end.div_ceil(self.tile)
        };
        let columns = tiles(window.x, window.w, level.extent.w);
        let rows = tiles(window.y, window.h, level.extent.h);
        let all = rows.clone().flat_map(|row| columns.clone().map(move |column| (column, row)));
        let range = |(column, row)| match self.is_edge(number, column, row) {
            true => self.range_with_table(number, column, row),
            false => self.stream_range(number, column, row),
        };
        let tiles = all.map(range).collect();
        let window = window.scaled(f64::from(eighths) / 8.0);
        Covering { level: number, tiles, columns, rows, eighths, window }
    }

    /// The region in pixels of a level. The edges of the image are the edges of the level.
    fn window(&self, level: &Level, region: Rect) -> Window {
        let along = |start: u32, length: u32, whole: u32, side: u32| {
            let factor = f64::from(level.scale_factor);
            let from = f64::from(start) / factor;
            let is_last = u64::from(start) + u64::from(length) == u64::from(whole);
            let to = if is_last { f64::from(side) } else { f64::from(start + length) / factor };
            (from, to - from)
        };
        let (x, w) = along(region.x, region.w, self.extent.w, level.extent.w);
        let (y, h) = along(region.y, region.h, self.extent.h, level.extent.h);
        Window { x, y, w, h }
    }

    /// The smallest level may be far too large: then its tiles are decoded at a fraction, which
    /// still has at least the pixels that are drawn.
    fn eighths(&self, level: &Level, drawing: &Drawing) -> u8 {
        let is_smallest = level.columns == 1 && level.rows == 1;
        let has_enough = |eighths: &u8| {
            let side = |side: u32| {
                u64::from(side) * u64::from(*eighths) / (8 * u64::from(level.scale_factor))
            };
            side(drawing.region.w) >= u64::from(drawing.size.w)
                && side(drawing.region.h) >= u64::from(drawing.size.h)
        };
        if is_smallest { [1, 2, 4].into_iter().find(has_enough).unwrap_or(8) } else { 8 }
    }
}

impl Window {
    pub(crate) fn whole(extent: Extent) -> Self {
        Self { x: 0.0, y: 0.0, w: extent.w.into(), h: extent.h.into() }
    }

    fn scaled(self, by: f64) -> Self {
        Self { x: self.x * by, y: self.y * by, w: self.w * by, h: self.h * by }
    }

    /// Cuts off what lies outside of a picture, be it the last bit of a number.
    pub(crate) fn within(self, extent: Extent) -> Self {
        let along = |start: f64, length: f64, whole: u32| {
            let whole = f64::from(whole);
            let start = start.clamp(0.0, whole);
            let mut length = length.min(whole - start);
            while start + length > whole {
                length = length.next_down();
            }
            (start, length)
        };
        let (x, w) = along(self.x, self.w, extent.w);
        let (y, h) = along(self.y, self.h, extent.h);
        Self { x, y, w, h }
    }
}

impl Covering {
    /// The extent of a tile once it is decoded.
    pub(crate) fn tile_extent(&self, pyramid: &Pyramid, column: u32, row: u32) -> Extent {
        let tile = pyramid.levels[self.level].tile_extent(column, row, pyramid.tile);
        let reduced = |side: u32| (side * u32::from(self.eighths)).div_ceil(8);
        Extent::new(reduced(tile.w), reduced(tile.h))
    }

    /// All tiles side by side, decoded.
    pub(crate) fn extent(&self, pyramid: &Pyramid) -> Extent {
        let w = self.columns.clone().map(|c| self.tile_extent(pyramid, c, self.rows.start).w);
        let h = self.rows.clone().map(|r| self.tile_extent(pyramid, self.columns.start, r).h);
        Extent::new(w.sum(), h.sum())
    }

    /// What is drawn, counted from the top left of the first tile.
    pub(crate) fn window_in_tiles(&self, pyramid: &Pyramid) -> Window {
        let side = u64::from(pyramid.tile) * u64::from(self.eighths) / 8;
        let from = |tile: u32| (u64::from(tile) * side) as f64;
        let (x, y) = (from(self.columns.start), from(self.rows.start));
        let window = Window { x: self.window.x - x, y: self.window.y - y, ..self.window };
        window.within(self.extent(pyramid))
    }

    /// Whether colours are not needed, so that only brightness is decoded.
    pub(crate) fn is_gray(pyramid: &Pyramid, drawing: &Drawing) -> bool {
        pyramid.gray || matches!(drawing.quality, Quality::Gray | Quality::Bitonal)
    }
}
