use std::ops::Range;

use bytes::Bytes;
use iiif::image::Extent;

use super::index::{Index, Read};
use super::level::Level;
use super::row_table::{self, block_rows};
use crate::jpeg::tables_header;
use crate::{Chroma, Error};

/// What a pyramid's file holds, and where: read once from its head, then kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pyramid {
    pub extent: Extent,
    /// The side of a tile.
    pub tile: u32,
    pub gray: bool,
    pub chroma: Chroma,
    /// The whole image first, each next one half of it.
    pub levels: Vec<Level>,
    /// The stream of tables that decoders need.
    pub(crate) tables: Bytes,
    /// The same as the begin of a file, for tiles that are sent.
    pub(super) header: Bytes,
    pub(super) places: Vec<Places>,
}

/// Where the tiles of a level are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Places {
    starts: Vec<u64>,
    lengths: Vec<u32>,
}

/// What came of reading the head of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Done(Pyramid),
    /// The index is longer: come again with this many bytes from the start of the file.
    Need(u64),
}

impl Pyramid {
    /// Reads the index from the first bytes of a file of `file_len` bytes, whatever they are.
    pub fn parse(head: &[u8], file_len: u64) -> Result<Parsed, Error> {
        let index = match Index::read(head)? {
            Read::Done(index) => index,
            Read::Need(bytes) if bytes > file_len => return Err(Error::Truncated),
            Read::Need(bytes) => return Ok(Parsed::Need(bytes)),
        };
        let (starts, end) = index.starts()?;
        if end > file_len {
            return Err(Error::Truncated);
        }
        let header = Bytes::from(tables_header(&index.tables)?);
        let levels = index.levels();
        let places = starts.into_iter().zip(index.lengths);
        Ok(Parsed::Done(Self {
            extent: index.extent,
            tile: index.tile,
            gray: index.gray,
            chroma: index.chroma,
            levels,
            places: places.map(|(starts, lengths)| Places { starts, lengths }).collect(),
            tables: Bytes::from(index.tables),
            header,
        }))
    }

    /// The extents at which the whole image is stored, the largest first.
    pub fn sizes(&self) -> Vec<Extent> {
        self.levels.iter().map(|level| level.extent).collect()
    }

    pub fn scale_factors(&self) -> Vec<u32> {
        self.levels.iter().map(|level| level.scale_factor).collect()
    }

    /// About how much memory the index takes.
    pub fn index_bytes(&self) -> usize {
        let tiles: usize = self.places.iter().map(|places| places.starts.len()).sum();
        size_of::<Self>() + self.tables.len() + self.header.len() + tiles * 12
    }

    /// The rows of pixels in a row of blocks, between which tiles can be cut.
    pub(crate) fn block_rows(&self) -> u32 {
        block_rows(self.gray, self.chroma)
    }

    /// Where a tile is: a whole JPEG stream without tables, padded if it reaches over the edge.
    pub(super) fn stream_range(&self, level: usize, column: u32, row: u32) -> Range<u64> {
        let number = self.levels[level].number(column, row);
        let places = &self.places[level];
        let start = places.starts[number];
        start..start + u64::from(places.lengths[number])
    }

    /// The same with the table of its rows.
    pub(super) fn range_with_table(&self, level: usize, column: u32, row: u32) -> Range<u64> {
        let extent = self.levels[level].tile_extent(column, row, self.tile);
        let range = self.stream_range(level, column, row);
        range.start..range.end + row_table::length(extent, self.gray, self.chroma)
    }
}
