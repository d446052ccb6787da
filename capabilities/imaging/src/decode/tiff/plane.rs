//! A page's lines, from strips as they unpack or from a row of tiles, one plane beside the other.
//!
//! A line is a row of pixels, or the rows that share chroma samples.

use std::ops::Range;
use std::sync::Arc;

use super::super::problem::damaged;
use super::super::raster::buffer;
use super::super::source::Source;
use super::codec::{self, Codec, Packed, Recipe, Unpack};
use super::ifd::{Directory, List, Tiff};
use super::layout::{Layout, Predictor};
use super::{predictor, tags};
use crate::Error;

/// Where the strips or tiles are.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    pub(super) source: Source,
    pub(super) offsets: List,
    pub(super) counts: Option<List>,
    /// The only tiles that are to be seen, if not all are.
    pub(super) part: Option<Part>,
}

/// Some of a page's tiles, which are numbered as if there were no others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Tiles of the whole page in a row, and in a plane.
    pub(super) across: u64,
    pub(super) per_plane: u64,
    /// The first column and row that are seen, and how many are.
    pub(super) column: u64,
    pub(super) row: u64,
    pub(super) columns: u64,
    pub(super) rows: u64,
}

impl Part {
    /// The number that a tile has on the page.
    fn on_the_page(self, index: u64) -> u64 {
        let seen = self.columns * self.rows;
        let (plane, inside) = (index / seen, index % seen);
        let (row, column) = (self.row + inside / self.columns, self.column + inside % self.columns);
        plane * self.per_plane + row * self.across + column
    }
}

impl Chunks {
    /// Some writers of tiles use the tags of strips.
    pub(super) fn find(tiff: &Tiff, page: &Directory) -> Option<Self> {
        let list = |tile, strip| page.list(tile).or_else(|| page.list(strip));
        Some(Self {
            source: tiff.source.clone(),
            offsets: list(tags::TILE_OFFSETS, tags::STRIP_OFFSETS)?,
            counts: list(tags::TILE_BYTE_COUNTS, tags::STRIP_BYTE_COUNTS),
            part: None,
        })
    }

    /// A chunk's bytes. The lengths of unpacked chunks follow from the layout, which is more often
    /// right than the table; a missing length goes on to the end of the file.
    pub(super) fn place(&mut self, index: u64, unpacked: Option<u64>) -> Result<Range<u64>, Error> {
        let index = self.part.map_or(index, |part| part.on_the_page(index));
        let start = self.offsets.get(index)?;
        let count = match &mut self.counts {
            Some(counts) if index < counts.len() => counts.get(index)?,
            _ => 0,
        };
        let len = match (unpacked, count) {
            (Some(len), 0) => len,
            (Some(len), count) if self.offsets.len() == 1 => len.max(count),
            (None, 0) => self.source.len(),
            (_, count) => count,
        };
        if start == 0 || start >= self.source.len() {
            return Err(damaged("a strip or tile of the TIFF lies outside the file"));
        }
        Ok(start..start.saturating_add(len))
    }
}

/// Which samples of a row of whole pixels some bytes hold: every `step`th from `start` to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) step: usize,
}

/// All planes of a page, read in step.
pub(super) struct Lines {
    layout: Arc<Layout>,
    planes: Vec<Plane>,
}

impl Lines {
    /// Where samples lie in planes of their own, only the first `used` are opened.
    pub(super) fn open(recipe: &Recipe, chunks: &Chunks, used: usize) -> Result<Self, Error> {
        let layout = recipe.layout.clone();
        let open = |plane| Plane::new(recipe.clone(), chunks.clone(), plane);
        let planes = (0..layout.planes().min(used)).map(open).collect::<Result<_, _>>()?;
        Ok(Self { layout, planes })
    }

    pub(super) fn layout(&self) -> Arc<Layout> {
        self.layout.clone()
    }

    /// Hands over the next line, piece by piece.
    pub(super) fn next(&mut self, mut piece: impl FnMut(Place, &[u8])) -> Result<(), Error> {
        let n = self.layout.samples;
        let planar = self.layout.planar;
        for (i, plane) in self.planes.iter_mut().enumerate() {
            let (first, step) = if planar { (i, n) } else { (0, 1) };
            plane.next(|x, w, packed| {
                let (start, end) = (x as usize * n + first, (x + w) as usize * n);
                piece(Place { start, end, step }, packed);
            })?;
        }
        Ok(())
    }

    /// Whether lines are whole rows of whole pixels.
    pub(super) fn are_whole(&self) -> bool {
        !self.layout.planar && !self.layout.grid.tiled
    }

    /// Fills `out` with lines as they are, where they are whole.
    pub(super) fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.planes.iter_mut().try_for_each(|plane| plane.strip_lines(out))
    }
}

struct Plane {
    recipe: Recipe,
    chunks: Chunks,
    plane: usize,
    line: u32,
    strip: Option<Box<dyn Unpack>>,
    /// A line of a strip, or all the lines of a row of tiles, tile after tile.
    bytes: Vec<u8>,
}

impl Plane {
    fn new(recipe: Recipe, chunks: Chunks, plane: usize) -> Result<Self, Error> {
        let layout = &recipe.layout;
        let mut len = layout.line_bytes(layout.grid.w) as u64;
        if layout.grid.tiled {
            len *= u64::from(layout.grid.across) * u64::from(layout.grid.h);
        }
        let bytes = buffer(len, "a row of the TIFF's tiles", &recipe.limits)?;
        Ok(Self { recipe, chunks, plane, line: 0, strip: None, bytes })
    }

    /// Hands over the next line in pieces from the left: the first pixel, how many, and their bytes.
    fn next(&mut self, mut piece: impl FnMut(u32, u32, &[u8])) -> Result<(), Error> {
        if !self.recipe.layout.grid.tiled {
            let mut bytes = std::mem::take(&mut self.bytes);
            let filled = self.strip_lines(&mut bytes);
            self.bytes = bytes;
            filled?;
            piece(0, self.recipe.layout.extent.w, &self.bytes);
            return Ok(());
        }
        let lines = self.lines_per_chunk();
        if self.line.is_multiple_of(lines) {
            self.load_tiles(self.line / lines)?;
        }
        let grid = self.recipe.layout.grid;
        let line = self.recipe.layout.line_bytes(grid.w);
        for column in 0..grid.across {
            let start = (column as usize * lines as usize + (self.line % lines) as usize) * line;
            let x = column * grid.w;
            let w = grid.w.min(self.recipe.layout.extent.w - x);
            piece(x, w, &self.bytes[start..start + line]);
        }
        self.line += 1;
        Ok(())
    }

    /// Fills `out` with whole lines, if they lie in strips.
    fn strip_lines(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let layout = self.recipe.layout.clone();
        let line = layout.line_bytes(layout.extent.w);
        let per_strip = self.lines_per_chunk();
        let mut rest = out;
        while !rest.is_empty() {
            let inside = self.line % per_strip;
            if inside == 0 || self.strip.is_none() {
                self.strip = Some(self.open_strip(self.line / per_strip)?);
            }
            let n = (rest.len() / line).min((per_strip - inside) as usize);
            let (now, later) = rest.split_at_mut(n * line);
            if let Some(strip) = &mut self.strip {
                strip.fill(now)?;
            }
            for row in now.chunks_exact_mut(line) {
                predictor::undo(&layout, row);
            }
            self.line += n as u32;
            rest = later;
        }
        Ok(())
    }

    fn lines_per_chunk(&self) -> u32 {
        self.recipe.layout.grid.h.div_ceil(self.recipe.layout.rows_per_line())
    }

    fn open_strip(&mut self, index: u32) -> Result<Box<dyn Unpack>, Error> {
        let layout = self.recipe.layout.clone();
        let top = index * layout.grid.h;
        let rows = layout.grid.h.min(layout.extent.h.saturating_sub(top));
        let lines = rows.div_ceil(layout.rows_per_line());
        self.open(u64::from(index), layout.extent.w, lines)
    }

    fn open(&mut self, index: u64, w: u32, lines: u32) -> Result<Box<dyn Unpack>, Error> {
        let layout = &self.recipe.layout;
        let per_plane = u64::from(layout.grid.across) * u64::from(layout.grid.down);
        let unpacked = layout.line_bytes(w) as u64 * u64::from(lines);
        let unpacked = (layout.codec == Codec::None).then_some(unpacked);
        let place = self.chunks.place(self.plane as u64 * per_plane + index, unpacked)?;
        let section = self.chunks.source.section(place.start, place.end);
        let packed = Packed::new(section, layout.reversed_bits, layout.codec);
        codec::open(&self.recipe, packed, w)
    }

    /// Unpacks a row of tiles, but of the last row only what shows.
    fn load_tiles(&mut self, row: u32) -> Result<(), Error> {
        let layout = self.recipe.layout.clone();
        let (grid, line) = (layout.grid, layout.line_bytes(layout.grid.w));
        let shown = grid.h.min(layout.extent.h - row * grid.h).div_ceil(layout.rows_per_line());
        let tile_bytes = line * self.lines_per_chunk() as usize;
        for column in 0..grid.across {
            let index = u64::from(row) * u64::from(grid.across) + u64::from(column);
            let mut tile = self.open(index, grid.w, self.lines_per_chunk())?;
            let start = column as usize * tile_bytes;
            let bytes = &mut self.bytes[start..start + shown as usize * line];
            tile.fill(bytes)?;
            if layout.predictor != Predictor::None {
                bytes.chunks_exact_mut(line).for_each(|row| predictor::undo(&layout, row));
            }
        }
        Ok(())
    }
}
