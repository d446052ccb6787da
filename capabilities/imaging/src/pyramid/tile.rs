use std::ops::Range;

use bytes::Bytes;
use iiif::image::{Drawing, Extent, Format, Quality};

use super::level::Level;
use super::pad::cut;
use super::parsed::Pyramid;
use super::row_table;
use crate::Error;
use crate::jpeg::{EOI, SOI, frame_header};

/// A tile as it is sent: these bytes, then that part of the file.
///
/// At the edge of the image a tile has to be [`finish`](Self::finish)ed before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileRef {
    pub header: Bytes,
    pub range: Range<u64>,
    /// The length of the table that ends the range of a tile at the edge.
    table: Option<u64>,
    /// How many columns of it are of the image.
    w: u32,
}

impl TileRef {
    /// The length of the answer, if it is known before the tile is read.
    pub fn length(&self) -> Option<u64> {
        let length = self.header.len() as u64 + (self.range.end - self.range.start);
        self.table.is_none().then_some(length)
    }

    /// Makes the answer of the header and the bytes of the range, one after the other.
    ///
    /// Most are that already. A tile at the edge is cut to its true extent, which is copying too.
    pub fn finish(&self, read: Bytes) -> Result<Bytes, Error> {
        let Some(table) = self.table else { return Ok(read) };
        let (codes, table) = split(&read, self.header.len(), table)?;
        let mut out = Vec::with_capacity(read.len());
        out.extend_from_slice(&self.header);
        cut(codes, table, self.w, &mut out)?;
        Ok(Bytes::from(out))
    }
}

impl Pyramid {
    /// The stored tile that is exactly this drawing, if there is one.
    ///
    /// A level that fits into one tile is a tile, so that all that viewers ask for is found here.
    pub fn tile(&self, drawing: &Drawing) -> Option<TileRef> {
        if !is_stored_as(self, drawing) {
            return None;
        }
        let found = |level: &Level| self.tile_of_level(level, drawing);
        let (level, (column, row)) =
            self.levels.iter().enumerate().find_map(|(n, level)| Some((n, found(level)?)))?;
        if !self.is_edge(level, column, row) {
            let range = self.stream_range(level, column, row);
            let range = range.start + SOI.len() as u64..range.end;
            return Some(TileRef { header: self.header.clone(), range, table: None, w: self.tile });
        }
        let range = self.range_with_table(level, column, row);
        let extent = self.levels[level].tile_extent(column, row, self.tile);
        let frame = frame_header(extent, self.gray, self.chroma);
        let start = (SOI.len() + frame.len()) as u64;
        Some(TileRef {
            header: [&self.header, frame.as_slice()].concat().into(),
            range: range.start + start..range.end,
            table: Some(row_table::length(extent, self.gray, self.chroma)),
            w: extent.w,
        })
    }

    pub(crate) fn is_edge(&self, level: usize, column: u32, row: u32) -> bool {
        let extent = self.levels[level].tile_extent(column, row, self.tile);
        extent != Extent::new(self.tile, self.tile)
    }

    /// A tile as decoders take it, without tables and at its true extent, from its range with the
    /// table of its rows.
    pub(crate) fn cut_tile(
        &self,
        level: usize,
        place: (u32, u32),
        read: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let extent = self.levels[level].tile_extent(place.0, place.1, self.tile);
        let frame = frame_header(extent, self.gray, self.chroma);
        let table = row_table::length(extent, self.gray, self.chroma);
        let (codes, table) = split(read, SOI.len() + frame.len(), table)?;
        let mut out = [&SOI, frame.as_slice()].concat();
        cut(codes, table, extent.w, &mut out)?;
        Ok(out)
    }

    /// How long the frame header of a stored stream is.
    pub(super) fn frame_bytes(&self) -> usize {
        frame_header(Extent::new(self.tile, self.tile), self.gray, self.chroma).len()
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

/// Whether a drawing wants nothing but what is stored: JPEG, upright, in its own colours.
pub(super) fn is_stored_as(pyramid: &Pyramid, drawing: &Drawing) -> bool {
    let has_quality = match drawing.quality {
        Quality::Default | Quality::Color => true,
        Quality::Gray => pyramid.gray,
        Quality::Bitonal => false,
    };
    let is_plain = drawing.format == Format::Jpg && drawing.rotation.is_none();
    is_plain && has_quality && drawing.source == pyramid.extent
}

/// The codes of a padded stream, without what stands before them, and the table behind it.
pub(super) fn split(read: &[u8], before: usize, table: u64) -> Result<(&[u8], &[u8]), Error> {
    let damaged = || Error::Damaged("a tile is shorter than it says".to_owned());
    let end = usize::try_from(table).ok().and_then(|table| read.len().checked_sub(table));
    let (stream, table) = read.split_at_checked(end.ok_or_else(damaged)?).ok_or_else(damaged)?;
    let codes = stream.get(before..).and_then(|codes| codes.strip_suffix(&EOI));
    Ok((codes.ok_or_else(damaged)?, table))
}
