//! Decodes the tiles that a drawing needs, a row of them at a time.

use std::borrow::Cow;

use bytes::Bytes;
use iiif::image::{Extent, Rect};

use super::scale::{Emit, REACH};
use crate::decode::Layout;
use crate::jpeg::{self, Decoder};
use crate::pyramid::{Covering, Pyramid, Window};
use crate::{Chroma, Error};

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
        let (y, h) = match covering.eighths {
            8 => part(window.y, window.h, to.h, whole.h, block_rows(pyramid)),
            _ => (0, whole.h),
        };
        let part = Rect { x: 0, y, w: whole.w, h };
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
        Window { y: window.y - f64::from(self.part.y), ..window }.within(self.extent())
    }

    /// Gives all rows from the top, a row of tiles at a time.
    pub(crate) fn each_band(&mut self, emit: Emit<'_>) -> Result<(), Error> {
        let mut top = 0;
        let mut band = Vec::new();
        let columns = self.covering.columns.len();
        for (n, row) in self.covering.rows.clone().enumerate() {
            let h = self.covering.tile_extent(self.pyramid, self.covering.columns.start, row).h;
            let bottom = top + h;
            let part = self.part.y.max(top)..(self.part.y + self.part.h).min(bottom);
            if !part.is_empty() {
                let tiles = &self.tiles[n * columns..][..columns];
                self.decode_row(row, tiles, part.start - top..part.end - top, &mut band)?;
                emit(&band)?;
            }
            top = bottom;
        }
        Ok(())
    }

    /// Decodes some rows of pixels of a row of tiles.
    fn decode_row(
        &mut self,
        row: u32,
        tiles: &[Bytes],
        wanted: std::ops::Range<u32>,
        band: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let channels = self.layout.channels();
        let stride = self.part.w as usize * channels;
        let eighths = self.covering.eighths;
        band.resize(wanted.len() * stride, 0);
        let mut x = 0;
        for (column, tile) in self.covering.columns.clone().zip(tiles) {
            let extent = self.covering.tile_extent(self.pyramid, column, row);
            let tile = self.trimmed(tile, extent, &wanted)?;
            let expected = Extent { w: extent.w, h: wanted.len() as u32 };
            let out = &mut band[x * channels..];
            self.decoder.decode(&tile, eighths, self.layout, expected, out, stride)?;
            x += extent.w as usize;
        }
        Ok(())
    }

    /// The tile with no more than the rows that are wanted.
    fn trimmed<'t>(
        &self,
        tile: &'t Bytes,
        extent: Extent,
        wanted: &std::ops::Range<u32>,
    ) -> Result<Cow<'t, [u8]>, Error> {
        if *wanted == (0..extent.h) {
            return Ok(Cow::Borrowed(tile));
        }
        jpeg::trim(tile, wanted.clone(), block_rows(self.pyramid)).map(Cow::Owned)
    }
}

/// Tiles can be cut between rows of blocks alone.
fn block_rows(pyramid: &Pyramid) -> u32 {
    if !pyramid.gray && pyramid.chroma == Chroma::Half { 16 } else { 8 }
}

/// What of a side is decoded: the window, the reach of the filter, and whole blocks of that.
fn part(start: f64, length: f64, to: u32, whole: u32, block: u32) -> (u32, u32) {
    // Colours of the last row of a block are mixed with those of the next.
    let margin = REACH * (length / f64::from(to)).max(1.0) + 2.0;
    let from = ((start - margin).max(0.0) as u32) / block * block;
    let end = ((start + length + margin).ceil() as u32).next_multiple_of(block).min(whole);
    (from, end.max(from + 1) - from)
}
