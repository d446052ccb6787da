//! Pyramids: tiled TIFF files of JPEG tiles, in which every tile is an answer.

use std::ops::Range;

use bytes::Bytes;
use iiif::image::{Drawing, Extent};

use crate::Error;

/// The index of a pyramid, read from the head of its file: where each tile lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pyramid {
    pub extent: Extent,
    /// The side of a tile.
    pub tile: u32,
    pub gray: bool,
    /// The whole image first, each next one half of it.
    pub levels: Vec<Level>,
}

/// One size at which the whole image is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub extent: Extent,
    pub scale_factor: u32,
    pub columns: u32,
    pub rows: u32,
}

/// What came of reading the head of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    Done(Pyramid),
    /// The index is longer: come again with this many bytes from the start of the file.
    Need(u64),
}

/// A tile as it is sent: these bytes, then that part of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileRef {
    pub header: Bytes,
    pub range: Range<u64>,
}

/// The tiles that a drawing is made from, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Covering {
    pub level: usize,
    pub tiles: Vec<Range<u64>>,
}

impl Pyramid {
    /// Reads the index from the first bytes of a file of `file_len` bytes.
    pub fn parse(head: &[u8], file_len: u64) -> Result<Parsed, Error> {
        let _ = (head, file_len);
        todo!()
    }

    /// The stored tile that is exactly this drawing, if there is one.
    pub fn tile(&self, drawing: &Drawing) -> Option<TileRef> {
        let _ = drawing;
        todo!()
    }

    /// What must be read for [`draw`](crate::draw).
    pub fn covering(&self, drawing: &Drawing) -> Covering {
        let _ = drawing;
        todo!()
    }

    /// About how many bytes of memory drawing takes, reading included.
    pub fn memory_cost(&self, drawing: &Drawing) -> u64 {
        let _ = drawing;
        todo!()
    }

    /// The extents at which the whole image is stored, the largest first.
    pub fn sizes(&self) -> Vec<Extent> {
        self.levels.iter().map(|level| level.extent).collect()
    }

    pub fn scale_factors(&self) -> Vec<u32> {
        self.levels.iter().map(|level| level.scale_factor).collect()
    }
}
