//! Rectangles that are larger than a tile, or lie across several, put together without decoding.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use iiif::image::{Drawing, Extent, Rect};

use super::level::Level;
use super::parsed::Pyramid;
use super::row_table::{self, TableRow};
use super::tile::{is_stored_as, split};
use crate::Error;
use crate::jpeg::{Bits, CUT, Cut, EOI, Huffman, SOI, blocks, frame_header_with, restart};

/// An answer of which the codes are all stored: this header, then what [`Pyramid::join`] makes of
/// each band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stitch {
    pub header: Bytes,
    /// From the top. A band lies within one row of tiles.
    pub bands: Vec<Band>,
}

/// A part of a stitched rectangle, and the ranges of the file that it needs. Neighbours may need
/// the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    pub tiles: Arc<[Range<u64>]>,
    level: usize,
    /// In pixels of the level.
    part: Rect,
    /// What joins the rows of neighbours. Where all are whole none is needed: each row of a tile
    /// stays an interval between restarts.
    huffman: Option<Arc<Huffman>>,
    /// The restarts before it.
    restarts: usize,
    is_last: bool,
}

/// Bands have about so many bytes: they are made while the one before is sent.
const BAND: u64 = 256 * 1024;
/// Decoders don't take larger ones.
const MOST: u32 = 65_500;

impl Stitch {
    /// About how long the answer will be.
    pub fn bytes(&self) -> u64 {
        let neighbours = self.bands.chunk_by(|a, b| Arc::ptr_eq(&a.tiles, &b.tiles));
        let ranges =
            neighbours.filter_map(|bands| bands.first()).flat_map(|band| band.tiles.iter());
        ranges.map(|range| range.end - range.start).sum()
    }
}

impl Pyramid {
    /// How a drawing is put together, if it is a part of a level, as it is stored, between places
    /// where rows of blocks can be cut.
    pub fn stitch(&self, drawing: &Drawing) -> Option<Stitch> {
        if !is_stored_as(self, drawing) || drawing.size.w.max(drawing.size.h) > MOST {
            return None;
        }
        let of_level = |(n, level)| Some((n, self.part_of_level(level, drawing)?));
        let (level, part) = self.levels.iter().enumerate().find_map(of_level)?;
        let keeps_intervals = part.x.is_multiple_of(self.tile) && part.w.is_multiple_of(self.tile);
        let interval = if keeps_intervals { self.tile } else { part.w };
        let interval = interval.div_ceil(self.block_rows());
        let frame = frame_header_with(part.extent(), self.gray, self.chroma, interval);
        let header = [&self.header, frame.as_slice()].concat().into();
        let huffman = match keeps_intervals {
            true => None,
            // Damaged tables are told of by whoever decodes them.
            false => Some(Arc::new(Huffman::read(&self.tables).ok()?)),
        };
        Some(Stitch { header, bands: self.bands(level, part, huffman.as_ref()) })
    }

    /// The drawing in pixels of a level, if it is a part of it that can be cut out.
    fn part_of_level(&self, level: &Level, drawing: &Drawing) -> Option<Rect> {
        let region = drawing.region;
        let factor = level.scale_factor;
        let along = |start: u32, end: u32, whole: u32, side: u32, is_cut: &dyn Fn(u32) -> bool| {
            let place = |n: u32| Some(n / factor).filter(|at| at * factor == n && is_cut(*at));
            let to = if end == whole { Some(side) } else { place(end) };
            place(start).zip(to)
        };
        let is_column = |x: u32| (x % self.tile).is_multiple_of(CUT);
        let is_row = |y: u32| y.is_multiple_of(self.block_rows());
        let (right, bottom) = (region.x + region.w, region.y + region.h);
        let (x, right) = along(region.x, right, self.extent.w, level.extent.w, &is_column)?;
        let (y, bottom) = along(region.y, bottom, self.extent.h, level.extent.h, &is_row)?;
        let (w, h) = (right - x, bottom - y);
        (drawing.size == Extent { w, h }).then_some(Rect { x, y, w, h })
    }

    fn bands(&self, level: usize, part: Rect, huffman: Option<&Arc<Huffman>>) -> Vec<Band> {
        let bottom = part.y + part.h;
        let columns = part.x / self.tile..(part.x + part.w).div_ceil(self.tile);
        let in_a_row = if huffman.is_none() { columns.len() } else { 1 };
        let mut bands = Vec::new();
        for row in part.y / self.tile..bottom.div_ceil(self.tile) {
            let tiles = columns.clone().map(|column| self.range_with_table(level, column, row));
            let tiles: Arc<[_]> = tiles.collect();
            let end = bottom.min((row + 1) * self.tile);
            let h = self.band_rows(&tiles);
            for y in (part.y.max(row * self.tile)..end).step_by(h as usize) {
                let h = h.min(end - y);
                bands.push(Band {
                    tiles: Arc::clone(&tiles),
                    level,
                    part: Rect { y, h, ..part },
                    huffman: huffman.cloned(),
                    restarts: ((y - part.y) / self.block_rows()) as usize * in_a_row,
                    is_last: y + h == bottom,
                });
            }
        }
        bands
    }

    /// So many rows of these tiles make a band of about the wanted size.
    fn band_rows(&self, tiles: &[Range<u64>]) -> u32 {
        let bytes: u64 = tiles.iter().map(|range| range.end - range.start).sum();
        let bands = bytes.div_ceil(BAND).clamp(1, self.tile.into()) as u32;
        (self.tile / bands).max(1).next_multiple_of(self.block_rows())
    }

    /// Makes a band of its tiles, given in the order of its ranges, behind what is there.
    pub fn join(&self, band: &Band, tiles: &[Bytes], out: &mut Vec<u8>) -> Result<(), Error> {
        if tiles.len() != band.tiles.len() {
            return Err(Error::Pyramid("the tiles don't belong to the band"));
        }
        let first = band.part.x / self.tile;
        let row = band.part.y / self.tile;
        let stored = (first..)
            .zip(tiles)
            .map(|(column, tile)| self.stored_rows(band.level, (column, row), tile));
        let stored = stored.collect::<Result<Vec<_>, _>>()?;
        let stretches: Vec<_> = (first..).map_while(|column| self.stretch(band, column)).collect();
        // Bands are not all alike.
        out.reserve((BAND + BAND / 2) as usize);
        let mut joiner =
            Joiner { out, blocks: blocks(self.gray, self.chroma), restarts: band.restarts };
        let block = self.block_rows();
        let top = band.part.y % self.tile;
        for n in top / block..(top + band.part.h).div_ceil(block) {
            let rows = stored.iter().map(|rows| rows.get(n as usize).copied().ok_or_else(damaged));
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            match &band.huffman {
                None => joiner.keep(&rows),
                Some(huffman) => joiner.join(huffman, &rows, &stretches)?,
            }
        }
        if band.is_last {
            joiner.out.truncate(joiner.out.len().saturating_sub(2));
            joiner.out.extend(EOI);
        }
        Ok(())
    }

    /// The rows of a stored tile, with what the table says of them.
    fn stored_rows<'a>(
        &self,
        level: usize,
        (column, row): (u32, u32),
        read: &'a [u8],
    ) -> Result<Vec<Stored<'a>>, Error> {
        let extent = self.levels[level].tile_extent(column, row, self.tile);
        let table = row_table::length(extent, self.gray, self.chroma);
        let (codes, table) = split(read, SOI.len() + self.frame_bytes(), table)?;
        row_table::rows(codes, table, extent.w).collect()
    }

    /// What of a column of tiles a band takes: between which cuts, the first of which is none.
    fn stretch(&self, band: &Band, column: u32) -> Option<Stretch> {
        let left = column.checked_mul(self.tile)?;
        let right = band.part.x + band.part.w;
        if left >= right {
            return None;
        }
        let cut = |x: u32| ((x - left) / CUT) as usize;
        let w = self.levels[band.level].extent.w;
        let reaches_end = right >= left + self.tile || right == w;
        Some(Stretch { from: cut(band.part.x.max(left)), to: (!reaches_end).then(|| cut(right)) })
    }
}

type Stored<'a> = (&'a [u8], TableRow<'a>);

/// What is taken of a row of a tile: the cuts behind which it begins and ends.
#[derive(Clone, Copy)]
struct Stretch {
    from: usize,
    /// None is the end of the row.
    to: Option<usize>,
}

struct Joiner<'a> {
    out: &'a mut Vec<u8>,
    blocks: &'static [u8],
    restarts: usize,
}

impl Joiner<'_> {
    /// Whole rows behind one another, each with a restart as before.
    fn keep(&mut self, rows: &[Stored<'_>]) {
        for (codes, _) in rows {
            self.out.extend_from_slice(codes);
            self.restart();
        }
    }

    /// Stretches of rows, made into one.
    fn join(
        &mut self,
        huffman: &Huffman,
        rows: &[Stored<'_>],
        stretches: &[Stretch],
    ) -> Result<(), Error> {
        let mut bits = Bits::new(self.out);
        let mut means = [0; 3];
        for ((codes, row), stretch) in rows.iter().zip(stretches) {
            let from = stretch.from.checked_sub(1).map_or(Cut::default(), |n| row.cut(n));
            let to = stretch.to.map_or_else(|| row.end(), |n| row.cut(n - 1));
            huffman.join(codes, (from, to), &mut means, self.blocks, &mut bits)?;
        }
        bits.fill();
        self.restart();
        Ok(())
    }

    fn restart(&mut self) {
        self.out.extend(restart(self.restarts));
        self.restarts += 1;
    }
}

fn damaged() -> Error {
    Error::Damaged("a tile has fewer rows than it says".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Chroma;
    use crate::decode::Layout;
    use crate::testing::{drawing, part, picture, pyramid, seen};

    fn stitched(pyramid: &Pyramid, file: &[u8], request: &str) -> Option<Vec<u8>> {
        let stitch = pyramid.stitch(&drawing(request, pyramid.extent))?;
        let mut out = stitch.header.to_vec();
        for band in &stitch.bands {
            let read = |range: &Range<u64>| {
                Bytes::copy_from_slice(&file[range.start as usize..range.end as usize])
            };
            let tiles: Vec<_> = band.tiles.iter().map(read).collect();
            pyramid.join(band, &tiles, &mut out).unwrap();
        }
        Some(out)
    }

    /// The level put together from decoded tiles: brightness only, as colours are smoothed.
    fn brightness(jpeg: &[u8]) -> Vec<u8> {
        use crate::jpeg::{Stream, Target};
        let mut stream =
            Stream::open(Box::new(std::io::Cursor::new(jpeg.to_vec())), u64::MAX).unwrap();
        let extent = stream.begin(Target::Gray, 8).unwrap();
        let mut pixels = vec![0; extent.area() as usize];
        stream.read(&mut pixels).unwrap();
        assert_eq!(stream.warnings(), 0);
        assert!(!stream.is_cut());
        pixels
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// Any rectangle between cuts has exactly the pixels of the stored tiles.
        #[test]
        fn a_stitched_rectangle_is_the_same_part_of_the_whole(
            w in 1_u32..1400, h in 1_u32..700, gray: bool, full: bool, tile in 0_usize..3,
            level in 0_usize..3, a in 0_u32..6, b in 0_u32..6, c in 0_u32..40, d in 0_u32..40,
        ) {
            let layout = if gray { Layout::Gray } else { Layout::Rgb };
            let chroma = if full { Chroma::Full } else { Chroma::Half };
            let tile = [128, 384, 512][tile];
            let (file, pyramid) = pyramid(&picture(w, h, layout), tile, chroma);
            let level = &pyramid.levels[level.min(pyramid.levels.len() - 1)];
            let step = if tile == 512 { CUT } else { tile };
            let block = pyramid.block_rows();
            let span = |a: u32, b: u32, step: u32, side: u32| {
                let (from, to) = (a.min(b) * step, (a.max(b) + 1) * step);
                let from = from.min((side - 1) / step * step);
                (from, to.min(side))
            };
            let (x, right) = span(a, b, step, level.extent.w);
            let (y, bottom) = span(c, d, block, level.extent.h);
            let up = |n: u32, whole: u32, side: u32| if n == side { whole } else { n * level.scale_factor };
            let (rx, ry) = (x * level.scale_factor, y * level.scale_factor);
            let (rw, rh) = (up(right, w, level.extent.w) - rx, up(bottom, h, level.extent.h) - ry);
            let request = format!("{rx},{ry},{rw},{rh}/{},{}/0/default.jpg", right - x, bottom - y);
            let own = stitched(&pyramid, &file, &request);
            let own = own.unwrap_or_else(|| panic!("{request} of {w}x{h}"));

            let whole = format!("full/{},{}/0/default.jpg", level.extent.w, level.extent.h);
            let whole = stitched(&pyramid, &file, &whole).unwrap();
            let stride = level.extent.w as usize;
            let expected: Vec<u8> = brightness(&whole).chunks(stride).skip(y as usize)
                .take((bottom - y) as usize).flat_map(|row| row[x as usize..right as usize].to_vec()).collect();
            prop_assert!(brightness(&own) == expected, "{request} of {w}x{h}, {tile}");
        }
    }

    /// The rectangle above is compared with the whole, and the whole with its tiles.
    #[test]
    fn a_whole_level_has_the_pixels_of_its_tiles() {
        for (w, h, layout, chroma) in [
            (1300, 700, Layout::Rgb, Chroma::Half),
            (1024, 513, Layout::Rgb, Chroma::Half),
            (777, 300, Layout::Rgb, Chroma::Full),
            (1027, 530, Layout::Gray, Chroma::Half),
            (100, 1100, Layout::Rgb, Chroma::Half),
        ] {
            let (file, pyramid) = pyramid(&picture(w, h, layout), 256, chroma);
            let whole = seen(&stitched(&pyramid, &file, "full/max/0/default.jpg").unwrap());
            for (column, row) in pyramid.levels[0].tiles() {
                let extent = pyramid.levels[0].tile_extent(column, row, 256);
                let (x, y) = (column * 256, row * 256);
                let request = format!("{x},{y},{},{}/max/0/default.jpg", extent.w, extent.h);
                let tile = pyramid.tile(&drawing(&request, pyramid.extent)).unwrap();
                let range = tile.range.start as usize..tile.range.end as usize;
                let tile = tile.finish([&tile.header, &file[range]].concat().into()).unwrap();
                // Colours are smoothed across the edges of tiles, so one pixel there is left out.
                let inner = Extent::new(extent.w.saturating_sub(2), extent.h.saturating_sub(2));
                if !inner.is_empty() {
                    let tile = part(&seen(&tile), 1, 1, inner);
                    assert!(tile.pixels == part(&whole, x + 1, y + 1, inner).pixels, "{request}");
                }
            }
        }
    }

    #[test]
    fn what_is_stored_otherwise_is_not_stitched() {
        let (file, pyramid) = pyramid(&picture(1300, 900, Layout::Rgb), 512, Chroma::Half);
        for (request, is_stitched) in [
            ("full/max/0/default.jpg", true),
            ("full/650,/0/color.jpg", true),
            ("0,0,1024,512/max/0/default.jpg", true),
            ("256,16,256,32/max/0/default.jpg", true),
            ("0,0,1024,512/512,256/0/default.jpg", true),
            ("1024,880,276,20/max/0/default.jpg", true),
            ("0,0,1024,512/511,256/0/default.jpg", false),
            ("0,8,256,256/max/0/default.jpg", false),
            ("128,0,256,256/max/0/default.jpg", false),
            ("0,0,256,250/max/0/default.jpg", false),
            ("0,0,512,16/256,8/0/default.jpg", false),
            ("full/max/0/gray.jpg", false),
            ("full/max/0/default.png", false),
            ("full/max/90/default.jpg", false),
            ("full/max/!0/default.jpg", false),
        ] {
            assert_eq!(stitched(&pyramid, &file, request).is_some(), is_stitched, "{request}");
        }
    }

    #[test]
    fn no_damage_makes_it_panic() {
        let (file, pyramid) = pyramid(&picture(700, 300, Layout::Rgb), 256, Chroma::Half);
        let stitch = pyramid.stitch(&drawing("full/max/0/default.jpg", pyramid.extent)).unwrap();
        let band = &stitch.bands[0];
        let read = |range: &Range<u64>| file[range.start as usize..range.end as usize].to_vec();
        let tiles: Vec<_> = band.tiles.iter().map(read).collect();
        for n in 0..tiles[0].len().min(3000) {
            for value in [0x00, 0xFF, 0x7F] {
                let mut tiles = tiles.clone();
                let at = tiles[0].len() - 1 - n;
                tiles[0][at] = value;
                tiles[1].truncate(n);
                let tiles: Vec<Bytes> = tiles.into_iter().map(Bytes::from).collect();
                let _ = pyramid.join(band, &tiles, &mut Vec::new());
            }
        }
        assert!(pyramid.join(band, &[], &mut Vec::new()).is_err());
    }
}
