//! A TIFF that is cut into tiles, as it is drawn in place: any part of any of its levels.
//!
//! Levels are reduced copies of the first page, behind it in the chain or below it. What is no such
//! copy (another page, a mask, a label) is left aside.

use std::ops::Range;

use iiif::image::{Extent, Rect};

use super::super::problem::{damaged, not_ready};
use super::super::raster::{Profile, Raster, Space};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::codec::Codec;
use super::ifd::{Directory, Link, Tiff};
use super::layout::Layout;
use super::page::{self, Page};
use super::paint::Painter;
use super::plane::{Chunks, Part};
use super::tags;
use crate::{Error, Limits};

/// Directories that are looked at for smaller copies.
const MAX_DIRECTORIES: usize = 64;
/// A tile is read as a whole, so it must not be a picture of its own.
const MAX_TILE_PIXELS: u64 = 4096 * 4096;

pub(in super::super) struct Tiled {
    levels: Vec<Level>,
    facts: SourceFacts,
    profile: Profile,
    limits: Limits,
    pub(in super::super) space: Space,
}

/// One size at which the image is kept.
struct Level {
    directory: Directory,
    layout: Layout,
    chunks: Chunks,
    factor: u32,
}

impl Tiled {
    /// Reads every tag that will be needed, and no pixel.
    pub(in super::super) fn open(source: Source, limits: &Limits) -> Result<Self, Error> {
        let tiff = Tiff::open(source)?;
        let first = tiff.first_page()?;
        let layout = Layout::read(&first, tiff.dialect.big_endian, limits)?;
        let facts = page::facts(&tiff, &first, &layout)?;
        if facts.orientation != 1 {
            return Err(not_ready("it is stored lying on its side"));
        }
        let profile = page::profile(&first).map_or(Profile::None, Profile::Icc);
        let space = space(&first, &layout)?;
        let level = Level::new(&tiff, first, layout, 1)?;
        let mut this = Self { levels: vec![level], facts, profile, limits: limits.clone(), space };
        for (directory, link) in tiff.others(&this.levels[0].directory, MAX_DIRECTORIES)? {
            this.add(&tiff, directory, link);
        }
        this.levels.sort_by_key(|level| level.factor);
        this.levels.dedup_by_key(|level| level.factor);
        Ok(this)
    }

    /// Takes a directory for a level if it is a smaller copy of the same kind.
    fn add(&mut self, tiff: &Tiff, directory: Directory, link: Link) {
        const REDUCED: u64 = 1;
        let kind = directory.number(tags::NEW_SUBFILE_TYPE).ok().flatten().unwrap_or(0);
        if kind & !REDUCED != 0 || (link == Link::Behind && kind != REDUCED) {
            return;
        }
        let Ok(layout) = Layout::read(&directory, tiff.dialect.big_endian, &self.limits) else {
            return;
        };
        let is_same = space(&directory, &layout).is_ok_and(|space| space == self.space);
        let factor = factor(self.facts.extent, layout.extent);
        if let (true, Some(factor)) = (is_same, factor)
            && let Ok(level) = Level::new(tiff, directory, layout, factor)
        {
            self.levels.push(level);
        }
    }

    pub(in super::super) fn facts(&self) -> &SourceFacts {
        &self.facts
    }

    pub(in super::super) fn tile(&self) -> Extent {
        let grid = self.levels[0].layout.grid;
        Extent::new(grid.w, grid.h)
    }

    /// The extents of all levels, and by how much they are reduced; the largest first.
    pub(in super::super) fn levels(&self) -> Vec<(Extent, u32)> {
        self.levels.iter().map(|level| (level.layout.extent, level.factor)).collect()
    }

    /// Whether all tiles lie inside the file.
    pub(in super::super) fn check(&mut self) -> Result<(), Error> {
        self.levels.iter_mut().try_for_each(Level::check)
    }

    /// The tiles that cover a part of a level, as a picture, and the part that they are.
    pub(in super::super) fn part(
        &self,
        level: usize,
        part: Rect,
    ) -> Result<(Box<dyn Raster>, Rect), Error> {
        let Level { directory, layout, chunks, .. } =
            self.levels.get(level).ok_or_else(|| damaged("the TIFF has no such level"))?;
        let (mut layout, mut chunks) = (layout.clone(), chunks.clone());
        let grid = layout.grid;
        let columns = tiles(part.x, part.w, grid.w, grid.across);
        let rows = tiles(part.y, part.h, grid.h, grid.down);
        let side = |tiles: &Range<u32>, side: u32, whole: u32| {
            let start = tiles.start * side;
            (start, (tiles.end.saturating_mul(side)).min(whole) - start)
        };
        let (x, w) = side(&columns, grid.w, layout.extent.w);
        let (y, h) = side(&rows, grid.h, layout.extent.h);
        chunks.part = Some(Part {
            across: grid.across.into(),
            per_plane: u64::from(grid.across) * u64::from(grid.down),
            column: columns.start.into(),
            row: rows.start.into(),
            columns: columns.len() as u64,
            rows: rows.len() as u64,
        });
        layout.extent = Extent::new(w, h);
        layout.grid.across = columns.len() as u32;
        layout.grid.down = rows.len() as u32;
        let known = (self.facts.clone(), self.profile.clone());
        let page = Page::of(known, directory, layout, chunks, &self.limits)?;
        Ok((Box::new(page), Rect { x, y, w, h }))
    }
}

impl Level {
    fn new(tiff: &Tiff, directory: Directory, layout: Layout, factor: u32) -> Result<Self, Error> {
        let grid = layout.grid;
        if !grid.tiled {
            return Err(not_ready("its pixels lie in strips and not in tiles"));
        }
        if layout.codec == Codec::OldJpeg {
            return Err(not_ready("its compression is a kind of JPEG that is no longer in use"));
        }
        if u64::from(grid.w) * u64::from(grid.h) > MAX_TILE_PIXELS {
            return Err(not_ready("its tiles are too large to be read one by one"));
        }
        let chunks = Chunks::find(tiff, &directory);
        let chunks = chunks.ok_or_else(|| damaged("the TIFF doesn't say where its pixels are"))?;
        Ok(Self { directory, layout, chunks, factor })
    }

    fn check(&mut self) -> Result<(), Error> {
        let grid = self.layout.grid;
        let tiles = u64::from(grid.across) * u64::from(grid.down) * self.layout.planes() as u64;
        for index in 0..tiles {
            if self.chunks.place(index, None)?.end > self.chunks.source.len() {
                return Err(Error::Truncated);
            }
        }
        Ok(())
    }
}

/// The colours of a page, if a part of it can be painted without the rest.
fn space(directory: &Directory, layout: &Layout) -> Result<Space, Error> {
    let painter = Painter::new(directory, layout)?;
    if !painter.is_fixed() {
        return Err(not_ready("its numbers don't say what is black and what is white"));
    }
    Ok(painter.space())
}

/// By how much a copy is smaller, if it is the same picture by its proportions. Writers round sides
/// up, down, or to the nearest.
fn factor(whole: Extent, copy: Extent) -> Option<u32> {
    let (long, short) = if whole.w >= whole.h { (whole.w, copy.w) } else { (whole.h, copy.h) };
    let factor = (f64::from(long) / f64::from(short)).round() as u32;
    let fits = |whole: u32, copy: u32| whole.div_ceil(factor).abs_diff(copy) <= 1;
    (factor > 1 && fits(whole.w, copy.w) && fits(whole.h, copy.h)).then_some(factor)
}

/// The tiles that a stretch of pixels touches; at least one.
fn tiles(start: u32, length: u32, side: u32, count: u32) -> Range<u32> {
    let first = (start / side).min(count - 1);
    let end = start.saturating_add(length).div_ceil(side).clamp(first + 1, count.max(first + 1));
    first..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_told_by_their_proportions() {
        let whole = Extent::new(1501, 1001);
        for (w, h, expected) in [
            (751, 501, Some(2)),
            (750, 500, Some(2)),
            (375, 250, Some(4)),
            (187, 125, Some(8)),
            (500, 333, Some(3)),
            (1501, 1001, None),
            (750, 700, None),
            (160, 160, None),
        ] {
            assert_eq!(factor(whole, Extent::new(w, h)), expected, "{w}x{h}");
        }
    }

    #[test]
    fn a_stretch_of_pixels_touches_some_tiles() {
        assert_eq!(tiles(0, 1, 256, 4), 0..1);
        assert_eq!(tiles(255, 2, 256, 4), 0..2);
        assert_eq!(tiles(1000, 900, 256, 4), 3..4);
        assert_eq!(tiles(u32::MAX, u32::MAX, 256, 4), 3..4);
    }
}
