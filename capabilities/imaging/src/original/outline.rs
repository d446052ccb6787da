use iiif::image::{Drawing, Extent, Quality};
use serde::{Deserialize, Serialize};

use super::window::{Stage, stage};
use crate::Error;
use crate::decode::{FromTop, InPlace};
use crate::pyramid::answer_bytes;

/// What is known of an original that is drawn in place, or from the top until its pyramid is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outline {
    pub extent: Extent,
    pub gray: bool,
    /// What viewers should ask for at a time.
    pub tile: Extent,
    /// The sizes that the file holds, the largest first.
    pub(super) levels: Vec<Size>,
    /// What is decoded at once.
    pub(super) block: Extent,
    /// Whether more than a row of blocks is in memory at once.
    pub(super) by_area: bool,
    /// Whether it can be drawn from the top alone, as it is not kept in parts.
    #[serde(default)]
    from_top: bool,
    /// What is in memory of a file that is read from the top, whatever is drawn of it.
    #[serde(default)]
    bytes_at_once: u64,
    /// Whether a level is in memory as a whole before it can be drawn.
    #[serde(default)]
    is_turned: bool,
}

/// A size at which the whole image is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    pub(super) extent: Extent,
    /// How many pixels of the image one pixel of it stands for, in a row.
    pub(super) factor: u32,
}

/// The smallest size that a file holds is decoded for every small picture of it.
const MAX_SMALLEST: u64 = 64_000_000;
/// Sides of tiles that viewers cope with.
const SIDES: std::ops::RangeInclusive<u32> = 128..=2048;
/// What is decoded of a JPEG 2000 at once, and the bytes for each pixel of it.
const BAND_BYTES: u64 = 320 << 20;
const BYTES_BY_AREA: u64 = 36;

impl Outline {
    pub(super) fn of(file: &InPlace) -> Result<Self, Error> {
        let extent = file.facts().extent;
        let levels: Vec<_> =
            file.levels().into_iter().map(|(extent, factor)| Size { extent, factor }).collect();
        let outline = Self {
            extent,
            gray: file.is_gray(),
            tile: tile(file),
            levels,
            block: file.tile().unwrap_or(extent),
            by_area: file.is_by_area(),
            from_top: false,
            bytes_at_once: 0,
            is_turned: false,
        };
        if outline.smallest()?.extent.area() > MAX_SMALLEST {
            return Err(Error::NotReady(
                "it is large and has no smaller copies of the image in it (it is no pyramid)"
                    .to_owned(),
            ));
        }
        Ok(outline)
    }

    pub(super) fn from_top(file: &FromTop) -> Self {
        let extent = file.extent();
        let levels = file.levels().into_iter().map(|(extent, factor)| Size { extent, factor });
        Self {
            extent,
            gray: file.is_gray(),
            tile: Extent::new(512, 512),
            levels: levels.collect(),
            block: Extent::new(extent.w, 16),
            by_area: false,
            from_top: true,
            bytes_at_once: file.bytes_at_once(),
            is_turned: file.is_turned(),
        }
    }

    /// Reads an outline that was written with `serde_json`; its numbers are not trusted.
    pub fn check(self) -> Result<Self, Error> {
        let rises = self.levels.is_sorted_by(|a, b| a.factor < b.factor);
        let first = self.levels.first().map(|level| (level.extent, level.factor));
        let extents = self.levels.iter().map(|level| level.extent);
        let is_empty = extents.chain([self.tile, self.block]).any(Extent::is_empty);
        if is_empty || !rises || first != Some((self.extent, 1)) {
            return Err(Error::Damaged("the outline of an original makes no sense".to_owned()));
        }
        Ok(self)
    }

    fn smallest(&self) -> Result<&Size, Error> {
        self.levels.last().ok_or_else(|| Error::Damaged("there is no size to draw".to_owned()))
    }

    /// What the file holds, and then halves of it until the image is one tile.
    pub fn scale_factors(&self) -> Vec<u32> {
        let is_one = |factor: u32| {
            self.extent.w.div_ceil(factor) <= self.tile.w
                && self.extent.h.div_ceil(factor) <= self.tile.h
        };
        let mut factors = Vec::new();
        for level in &self.levels {
            factors.push(level.factor);
            if is_one(level.factor) {
                return factors;
            }
        }
        let mut last = factors.last().copied().unwrap_or(1);
        while !is_one(last) && last < 1 << 30 {
            last *= 2;
            factors.push(last);
        }
        factors
    }

    /// The extents of the image at the scale factors.
    pub fn sizes(&self) -> Vec<Extent> {
        let Extent { w, h } = self.extent;
        let at = |factor: u32| Extent::new(w.div_ceil(factor), h.div_ceil(factor));
        self.scale_factors().into_iter().map(at).collect()
    }

    /// Whether it is of a file that is not ready, and [`Original::open_from_top`](super::Original::open_from_top) opens it.
    pub fn is_from_top(&self) -> bool {
        self.from_top
    }

    /// About how much memory it takes itself.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.levels.len() * size_of::<Size>()
    }

    /// About how many bytes of memory a drawing takes, with what it decodes and its answer.
    pub fn memory_cost(&self, drawing: &Drawing) -> u64 {
        let Stage { level, part, .. } = stage(self, drawing);
        let gray = self.gray || matches!(drawing.quality, Quality::Gray | Quality::Bitonal);
        let channels = if gray { 1 } else { 3 };
        let (w, h) = (u64::from(part.w), u64::from(part.h));
        let (block_w, block_h) = (u64::from(self.block.w), u64::from(self.block.h));
        let decoded = match self.by_area {
            true => (w * h * BYTES_BY_AREA).min(BAND_BYTES),
            // A row of blocks as they are, and as rows that wait to be scaled.
            false => (w + 2 * block_w) * block_h.min(h + block_h) * 16,
        };
        let turned = match self.is_turned {
            true => self.levels.get(level).map_or(0, |level| level.extent.area().saturating_mul(4)),
            false => 0,
        };
        let kept = self.bytes_at_once.saturating_add(turned);
        kept.saturating_add(decoded + answer_bytes(drawing, channels) + (1 << 20))
    }
}

/// Tiles as viewers like them: those of the file, or several of them if they are small.
fn tile(file: &InPlace) -> Extent {
    let usual = |side: u32| Extent::new(side, side);
    let Some(own) = file.tile() else { return usual(1024) };
    if !file.is_tiled() {
        // A request for some precincts costs about as much as one for one.
        return usual(if own.longest_edge() > 512 { 1024 } else { 512 });
    }
    let grown = |mut side: u32| {
        while side < *SIDES.start() {
            side *= 2;
        }
        side
    };
    let tile = Extent::new(grown(own.w), grown(own.h));
    if SIDES.contains(&tile.w) && SIDES.contains(&tile.h) { tile } else { usual(1024) }
}
