//! Which pixels of which level a drawing is made of.

use iiif::image::{Drawing, Rect};

use super::outline::{Outline, Size};
use crate::pyramid::Window;
use crate::steps::region::part;

/// Where a drawing is taken from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stage {
    pub(super) level: usize,
    /// What is drawn, in pixels of the level.
    pub(super) window: Window,
    /// The same in whole pixels, with those that the filter sees around it.
    pub(super) part: Rect,
}

/// The smallest level that has enough pixels for a drawing, and the part of it.
pub(super) fn stage(outline: &Outline, drawing: &Drawing) -> Stage {
    let region = drawing.region;
    let is_enough = |level: &Size| {
        region.w.div_ceil(level.factor) >= drawing.size.w
            && region.h.div_ceil(level.factor) >= drawing.size.h
    };
    let level = outline.levels.iter().rposition(is_enough).unwrap_or(0);
    let Size { extent, factor } = outline.levels[level];
    // The edges of the image are the edges of the level.
    let along = |start: u32, length: u32, whole: u32, side: u32| {
        let factor = f64::from(factor);
        let from = (f64::from(start) / factor).min(f64::from(side) - 1.0);
        let end = u64::from(start) + u64::from(length);
        let to = if end >= whole.into() { f64::from(side) } else { end as f64 / factor };
        (from, to.min(f64::from(side)) - from)
    };
    let (x, w) = along(region.x, region.w, outline.extent.w, extent.w);
    let (y, h) = along(region.y, region.h, outline.extent.h, extent.h);
    let window = Window { x, y, w, h }.within(extent);
    let (x, w) = part(window.x, window.w, drawing.size.w, extent.w, 1);
    let (y, h) = part(window.y, window.h, drawing.size.h, extent.h, 1);
    Stage { level, window, part: Rect { x, y, w, h } }
}
