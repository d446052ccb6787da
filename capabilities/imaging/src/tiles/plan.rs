use iiif::image::{Extent, Format};

use super::settings::{Shape, TileFormat, TileSettings};

/// All that is made of an image of one extent. The same settings and extent give the same plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub extent: Extent,
    pub tile: u32,
    /// The largest first.
    pub levels: Vec<PlannedLevel>,
    /// Other sizes of the whole image, in the order of the settings.
    pub fitted: Vec<Extent>,
}

/// One size of the image, and what is made of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLevel {
    pub extent: Extent,
    pub scale_factor: u32,
    pub columns: u32,
    pub rows: u32,
    pub has_tiles: bool,
    pub has_whole: bool,
}

/// The longest edge at which a level is small enough for a list of thumbnails.
const THUMBNAIL: u32 = 200;

impl Plan {
    pub fn new(extent: Extent, settings: &TileSettings) -> Self {
        let largest = settings.largest.min(Format::Jpg.longest_edge());
        let mut plan = Self { extent, tile: settings.tile, levels: Vec::new(), fitted: Vec::new() };
        for n in 0..32 {
            let Some(level) = plan.level(n, largest, settings) else { break };
            plan.levels.push(level);
        }
        if let Shape::Fitted { squares, .. } = &settings.shape {
            plan.fitted = squares.iter().map(|side| fit(extent, *side)).collect();
        }
        plan
    }

    /// The n-th level, if the one before is not the last.
    fn level(&self, n: u32, largest: u32, settings: &TileSettings) -> Option<PlannedLevel> {
        let scale_factor = 1_u32 << n;
        let Extent { w, h } = self.extent;
        let extent = Extent::new(w.div_ceil(scale_factor), h.div_ceil(scale_factor));
        let (columns, rows) = (extent.w.div_ceil(self.tile), extent.h.div_ceil(self.tile));
        let fits = extent.longest_edge() <= largest;
        let (has_tiles, has_whole) = match settings.shape {
            Shape::Iiif => {
                if self.levels.last().is_some_and(PlannedLevel::is_thumbnail) {
                    return None;
                }
                let has_tiles = self.levels.last().is_none_or(|above| !above.is_single());
                // The only tile of a level is that level as a whole; the API wants it in JPEG.
                let is_tile =
                    has_tiles && columns * rows == 1 && settings.format == TileFormat::Jpg;
                (has_tiles, fits && !is_tile)
            }
            Shape::DeepZoom => {
                if self.levels.last().is_some_and(|above| above.extent.longest_edge() <= 1) {
                    return None;
                }
                (true, false)
            }
            Shape::Fitted { levels, .. } if n >= levels => return None,
            Shape::Fitted { .. } => (true, n == 0 && fits),
        };
        Some(PlannedLevel { extent, scale_factor, columns, rows, has_tiles, has_whole })
    }

    /// The place and extent of a tile inside its level; `None` if there is no such tile.
    pub fn tile_in_level(&self, level: usize, column: u32, row: u32) -> Option<(u32, u32, Extent)> {
        let level = self.levels.get(level).filter(|level| level.has_tiles)?;
        if column >= level.columns || row >= level.rows {
            return None;
        }
        let (x, y) = (column * self.tile, row * self.tile);
        let cut = |side: u32, start: u32| (side - start).min(self.tile);
        Some((x, y, Extent::new(cut(level.extent.w, x), cut(level.extent.h, y))))
    }

    /// How many files come of it.
    pub fn piece_count(&self) -> u64 {
        let in_level = |level: &PlannedLevel| {
            let tiles = u64::from(level.columns) * u64::from(level.rows);
            (if level.has_tiles { tiles } else { 0 }) + u64::from(level.has_whole)
        };
        self.levels.iter().map(in_level).sum::<u64>() + self.fitted.len() as u64
    }
}

impl PlannedLevel {
    /// Whether one tile is all of it.
    pub fn is_single(&self) -> bool {
        self.columns == 1 && self.rows == 1
    }

    fn is_thumbnail(&self) -> bool {
        self.is_single() && self.extent.longest_edge() <= THUMBNAIL
    }
}

/// As ImageMagick fits an image into a square: each side rounded to the nearest pixel, never to none.
fn fit(extent: Extent, square: u32) -> Extent {
    let scale = f64::from(square) / f64::from(extent.longest_edge());
    let side = |side: u32| ((f64::from(side) * scale + 0.5).floor() as u32).clamp(1, square.max(1));
    Extent::new(side(extent.w), side(extent.h))
}
