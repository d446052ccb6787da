//! Decodes the tiles that a drawing needs, a row of them at a time.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc;
use std::thread;

use bytes::Bytes;
use iiif::image::{Extent, Rect};

use super::scale::{Emit, REACH};
use crate::Error;
use crate::decode::Layout;
use crate::jpeg::{self, Decoder, Wanted};
use crate::pyramid::{Covering, Pyramid, Window};

/// Regions of so many pixels are worth a thread.
const LARGE: u64 = 4_000_000;

type Pass<'p> = &'p mut dyn FnMut(Vec<u8>) -> Result<Vec<u8>, Error>;

/// The part of a level that is decoded: the window, and what the filter sees around it.
pub(crate) struct Region<'a> {
    pyramid: &'a Pyramid,
    covering: &'a Covering,
    tiles: &'a [Bytes],
    layout: Layout,
    decoder: Decoder,
    /// In pixels of all covering tiles side by side.
    part: Rect,
}

impl<'a> Region<'a> {
    /// `to` is the size that the window is brought to, `gray` says that colours are not wanted.
    pub(crate) fn new(
        pyramid: &'a Pyramid,
        covering: &'a Covering,
        tiles: &'a [Bytes],
        to: Extent,
        gray: bool,
    ) -> Result<Self, Error> {
        if tiles.len() != covering.tiles.len() {
            return Err(Error::Pyramid("the tiles don't belong to the covering"));
        }
        let mut decoder = Decoder::new()?;
        decoder.read_tables(&pyramid.tables)?;
        let whole = covering.extent(pyramid);
        let window = covering.window_in_tiles(pyramid);
        let part = match covering.eighths {
            8 => {
                let block = pyramid.block_rows();
                let (x, w) = part(window.x, window.w, to.w, whole.w, block);
                let (y, h) = part(window.y, window.h, to.h, whole.h, block);
                Rect { x, y, w, h }
            }
            _ => Rect::whole(whole),
        };
        let layout = if gray { Layout::Gray } else { Layout::Rgb };
        Ok(Self { pyramid, covering, tiles, layout, decoder, part })
    }

    /// The rows that [`each_band`](Self::each_band) gives.
    pub(crate) fn extent(&self) -> Extent {
        self.part.extent()
    }

    /// What is drawn, in these rows.
    pub(crate) fn window(&self) -> Window {
        let window = self.covering.window_in_tiles(self.pyramid);
        let (x, y) = (f64::from(self.part.x), f64::from(self.part.y));
        Window { x: window.x - x, y: window.y - y, ..window }.within(self.extent())
    }

    /// Gives all rows from the top, a row of tiles at a time. Of large regions the next is decoded
    /// by another thread meanwhile.
    pub(crate) fn each_band(&mut self, emit: Emit<'_>) -> Result<(), Error> {
        if self.extent().area() < LARGE {
            return self.bands(&mut |band| emit(&band).map(|()| band));
        }
        thread::scope(|scope| {
            let (give, take) = mpsc::sync_channel(0);
            let (give_back, take_back) = mpsc::channel();
            // Nobody takes the band if the drawing failed, which is told by who draws.
            let mut pass = move |band| {
                give.send(band).map_err(|_| Error::Pyramid("the drawing was given up"))?;
                Ok(take_back.try_recv().unwrap_or_default())
            };
            let decode = move || self.bands(&mut pass);
            let decoding = thread::Builder::new().spawn_scoped(scope, decode)?;
            let mut drawn = Ok(());
            for band in &take {
                drawn = emit(&band);
                if drawn.is_err() || give_back.send(band).is_err() {
                    break;
                }
            }
            drop(take);
            let decoded = decoding.join().unwrap_or_else(|panic| resume_unwind(panic));
            drawn.and(decoded)
        })
    }

    /// Gives bands away, and takes a buffer for the next one back.
    fn bands(&mut self, pass: Pass<'_>) -> Result<(), Error> {
        let mut top = 0;
        let mut band = Vec::new();
        let columns = self.covering.columns.len();
        for (n, row) in self.covering.rows.clone().enumerate() {
            let h = self.covering.tile_extent(self.pyramid, self.covering.columns.start, row).h;
            let rows = overlap(self.part.y, self.part.h, top, h);
            if !rows.is_empty() {
                let tiles = &self.tiles[n * columns..][..columns];
                self.decode_row(row, tiles, &rows, &mut band)?;
                band = pass(band)?;
            }
            top += h;
        }
        Ok(())
    }

    /// Decodes some rows of pixels of a row of tiles.
    fn decode_row(
        &mut self,
        row: u32,
        tiles: &[Bytes],
        rows: &Range<u32>,
        band: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let channels = self.layout.channels();
        let stride = self.part.w as usize * channels;
        band.resize(rows.len() * stride, 0);
        let (mut left, mut x) = (0, 0);
        for (column, tile) in self.covering.columns.clone().zip(tiles) {
            let extent = self.covering.tile_extent(self.pyramid, column, row);
            let columns = overlap(self.part.x, self.part.w, left, extent.w);
            left += extent.w;
            if columns.is_empty() {
                continue;
            }
            let tile = self.stream(tile, (column, row), extent, rows)?;
            let wanted = Wanted {
                eighths: self.covering.eighths,
                layout: self.layout,
                extent: Extent { w: extent.w, h: rows.len() as u32 },
                columns,
            };
            self.decoder.decode(&tile, &wanted, &mut band[x * channels..], stride)?;
            x += wanted.columns.len();
        }
        Ok(())
    }

    /// The tile at its true extent, with no more than the rows that are wanted.
    fn stream<'t>(
        &self,
        tile: &'t Bytes,
        place: (u32, u32),
        extent: Extent,
        rows: &Range<u32>,
    ) -> Result<Cow<'t, [u8]>, Error> {
        let level = self.covering.level;
        let stream = match self.pyramid.is_edge(level, place.0, place.1) {
            true => Cow::Owned(self.pyramid.cut_tile(level, place, tile)?),
            false => Cow::Borrowed(tile.as_ref()),
        };
        if *rows == (0..extent.h) {
            return Ok(stream);
        }
        jpeg::trim(&stream, rows.clone(), self.pyramid.block_rows()).map(Cow::Owned)
    }
}

/// What of a tile, counted from its begin, lies in a part.
fn overlap(start: u32, length: u32, tile: u32, side: u32) -> Range<u32> {
    let end = (start + length).min(tile + side).max(tile);
    start.max(tile) - tile..end - tile
}

/// What of a side is decoded: the window, the reach of the filter, and whole blocks of that.
pub(crate) fn part(start: f64, length: f64, to: u32, whole: u32, block: u32) -> (u32, u32) {
    // Colours of the last row of a block are mixed with those of the next.
    let margin = REACH * (length / f64::from(to)).max(1.0) + 2.0;
    let from = ((start - margin).max(0.0) as u32) / block * block;
    let end = ((start + length + margin).ceil() as u32).next_multiple_of(block).min(whole);
    (from, end.max(from + 1) - from)
}
