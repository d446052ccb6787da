//! The index: a block of numbers between the TIFF header and its first directory.
//!
//! TIFF readers never see it, since nothing in their directories points at it. All numbers are
//! little-endian:
//!
//! | at | what |
//! | --- | --- |
//! | 0 | `RECTOPYR` |
//! | 8 | u32 version, u32 length of the block, u32 CRC-32 of the bytes from 20 on |
//! | 20 | u32 width, u32 height, u32 side of a tile, u8 gray, u8 full chroma, u16 zero |
//! | 36 | u64 offset of the first tile, u32 length of the tables |
//! | 48 | the tables: a JPEG stream of DQT and DHT |
//! | | zeroes up to a multiple of 4 |
//! | | u32 for each tile: its length; levels from the smallest, tiles row by row |
//! | | zeroes up to a multiple of 8 |
//!
//! Offsets need not be kept: tiles follow one another in the same order, and behind each of them
//! stands the table of its [rows](super::row_table), of a length that follows from its extent.

use flate2::Crc;
use iiif::image::Extent;

use super::level::{Level, check_tile, levels};
use super::row_table;
use crate::jpeg::{EOI, SOI, frame_header};
use crate::{Chroma, Error};

/// The index stands here in the file.
pub(super) const AT: u64 = 16;
const MAGIC: &[u8; 8] = b"RECTOPYR";
const VERSION: u32 = 2;
/// Up to the tables.
const FIXED: usize = 48;
/// From here on the checksum holds.
const CHECKED: usize = 20;
/// Longer ones are not believed: that is an image of 16 million tiles.
const MAX_LENGTH: u32 = 256 << 20;

/// What the index says, with nothing worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) extent: Extent,
    pub(super) tile: u32,
    pub(super) gray: bool,
    pub(super) chroma: Chroma,
    /// Where the first tile is.
    pub(super) data: u64,
    pub(super) tables: Vec<u8>,
    /// The lengths of the tiles of each level, the largest level first.
    pub(super) lengths: Vec<Vec<u32>>,
}

pub(super) enum Read {
    Done(Index),
    /// So many bytes of the file have to be there.
    Need(u64),
}

impl Index {
    /// How long the block is, for so many tiles in all levels.
    pub(super) fn length(tables: usize, tiles: u64) -> u64 {
        let before = (FIXED + tables).next_multiple_of(4) as u64;
        (before + 4 * tiles).next_multiple_of(8)
    }

    pub(super) fn write(&self) -> Result<Vec<u8>, Error> {
        let tiles = self.lengths.iter().map(|lengths| lengths.len() as u64).sum();
        let length = Self::length(self.tables.len(), tiles);
        let length = u32::try_from(length).ok().filter(|length| *length <= MAX_LENGTH);
        let length = length.ok_or_else(|| Error::TooLarge("too many tiles".to_owned()))?;
        let mut out = Vec::with_capacity(length as usize);
        out.extend_from_slice(MAGIC);
        out.extend([VERSION, length, 0].iter().flat_map(|n| n.to_le_bytes()));
        let Extent { w, h } = self.extent;
        out.extend([w, h, self.tile].iter().flat_map(|n| n.to_le_bytes()));
        out.extend([u8::from(self.gray), u8::from(self.chroma == Chroma::Full), 0, 0]);
        out.extend(self.data.to_le_bytes());
        out.extend((self.tables.len() as u32).to_le_bytes());
        out.extend_from_slice(&self.tables);
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend(self.lengths.iter().rev().flatten().flat_map(|n| n.to_le_bytes()));
        out.resize(length as usize, 0);
        let sum = checksum(&out[CHECKED..]);
        out[CHECKED - 4..CHECKED].copy_from_slice(&sum.to_le_bytes());
        Ok(out)
    }

    /// Reads the index out of the first bytes of a file. Any bytes may be given.
    pub(super) fn read(head: &[u8]) -> Result<Read, Error> {
        let at = AT as usize;
        let Some(block) = head.get(at..at + FIXED) else {
            return Ok(Read::Need(AT + FIXED as u64));
        };
        if !head.starts_with(b"II\x2b\x00\x08\x00\x00\x00") || !block.starts_with(MAGIC) {
            return Err(Error::Pyramid("it begins differently"));
        }
        let mut fields = Fields(&block[MAGIC.len()..]);
        let (version, length, sum) = (fields.u32()?, fields.u32()?, fields.u32()?);
        if version != VERSION {
            return Err(Error::Pyramid("its version is not known here"));
        }
        if !(FIXED as u32..=MAX_LENGTH).contains(&length) {
            return Err(Error::Pyramid("its index has an impossible length"));
        }
        let Some(block) = head.get(at..at + length as usize) else {
            return Ok(Read::Need(AT + u64::from(length)));
        };
        if checksum(&block[CHECKED..]) != sum {
            return Err(Error::Pyramid("its index is damaged"));
        }
        Self::read_checked(&block[CHECKED..]).map(Read::Done)
    }

    /// The checksum is no proof against malice: every number is looked at.
    fn read_checked(block: &[u8]) -> Result<Self, Error> {
        let mut fields = Fields(block);
        let (w, h, tile) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let [gray, full, _, _] = fields.array()?;
        let (data, tables) = (fields.u64()?, fields.u32()? as usize);
        let extent = Extent { w, h };
        if extent.is_empty() || check_tile(tile).is_err() {
            return Err(Error::Pyramid("its extent or tile is impossible"));
        }
        let levels = levels(extent, tile);
        let expected = levels.iter().map(Level::tile_count).sum();
        let length = (CHECKED + block.len()) as u64;
        if Self::length(tables, expected) != length {
            return Err(Error::Pyramid("its index has the wrong length"));
        }
        let stored = fields.take(tables)?.to_vec();
        fields.take(tables.next_multiple_of(4) - tables)?;
        let chroma = if full != 0 { Chroma::Full } else { Chroma::Half };
        let frame = frame_header(Extent::new(tile, tile), gray != 0, chroma).len();
        let least = (SOI.len() + frame + EOI.len()) as u32;
        let lengths = levels.iter().rev().map(|level| fields.lengths(level.tile_count(), least));
        let mut lengths = lengths.collect::<Result<Vec<_>, _>>()?;
        lengths.reverse();
        Ok(Self { extent, tile, gray: gray != 0, chroma, data, tables: stored, lengths })
    }

    pub(super) fn levels(&self) -> Vec<Level> {
        levels(self.extent, self.tile)
    }

    /// Where each tile of each level starts, the largest level first, and where the last one ends.
    pub(super) fn starts(&self) -> Result<(Vec<Vec<u64>>, u64), Error> {
        let levels = self.levels();
        let mut at = self.data;
        let mut starts = Vec::with_capacity(levels.len());
        for (level, lengths) in levels.iter().zip(&self.lengths).rev() {
            let mut of_level = Vec::with_capacity(lengths.len());
            for ((column, row), length) in level.tiles().zip(lengths) {
                let extent = level.tile_extent(column, row, self.tile);
                let taken = u64::from(*length) + row_table::length(extent, self.gray, self.chroma);
                of_level.push(at);
                at = at.checked_add(taken).ok_or(Error::Pyramid("it has no end"))?;
            }
            starts.push(of_level);
        }
        starts.reverse();
        Ok((starts, at))
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Numbers, one after another, as long as there are any.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) =
            self.0.split_at_checked(n).ok_or(Error::Pyramid("its index is cut off"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (taken, rest) =
            self.0.split_first_chunk().ok_or(Error::Pyramid("its index is cut off"))?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u32(&mut self) -> Result<u32, Error> {
        self.array().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, Error> {
        self.array().map(u64::from_le_bytes)
    }

    /// A tile is at least a JPEG without content.
    fn lengths(&mut self, n: u64, least: u32) -> Result<Vec<u32>, Error> {
        let bytes = usize::try_from(n).ok().and_then(|n| n.checked_mul(4));
        let bytes = self.take(bytes.ok_or(Error::Pyramid("its index is cut off"))?)?;
        let (words, _) = bytes.as_chunks::<4>();
        let lengths: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        match lengths.iter().all(|length| *length >= least) {
            true => Ok(lengths),
            false => Err(Error::Pyramid("it has an empty tile")),
        }
    }
}

/// Makes the checksum of a changed file right.
#[cfg(test)]
pub(super) fn mend(file: &mut [u8]) {
    let block = &mut file[AT as usize..];
    let length = u32::from_le_bytes([block[12], block[13], block[14], block[15]]) as usize;
    if let Some(checked) = block.get(CHECKED..length) {
        let sum = checksum(checked);
        block[CHECKED - 4..CHECKED].copy_from_slice(&sum.to_le_bytes());
    }
}
