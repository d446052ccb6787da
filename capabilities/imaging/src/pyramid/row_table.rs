//! Behind each tile: how its rows of blocks end.
//!
//! Every row of blocks that lies inside the image ends in a restart marker, so it can be lifted out
//! of the tile with its length alone. Where the image ends within the tile, it also says where to
//! cut the row. For joining it with the row of another tile without decoding either, it says how
//! many bits fill its last byte, and the last mean of each component.
//!
//! A row takes twelve bytes, little-endian: u24 length as stored, without the marker; u24 whole
//! bytes of the image, times 8, plus the number of bits that fill the byte after them; three i16,
//! the last quantised means.

use crate::jpeg::RowEnd;
use crate::{Chroma, Error};

const ROW: usize = 12;
/// What three bytes can say.
const MOST: u32 = 0xFF_FFFF;

/// A row of blocks as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Bytes up to the marker.
    pub(crate) stored: u32,
    /// Bytes that are wholly of the image, and then bits that are not, in the byte after them.
    pub(crate) whole: u32,
    pub(crate) filling: u8,
    pub(crate) means: [i16; 3],
}

impl Row {
    /// A row that ends where the image does, with the codes of which the end is known.
    pub(super) fn new(codes: &[u8], end: &RowEnd) -> Self {
        let last = match codes {
            _ if end.filling == 0 => 0,
            [.., 0xFF, 0x00] => 2,
            _ => 1,
        };
        Self {
            stored: end.length,
            whole: end.length.saturating_sub(last),
            filling: end.filling,
            means: end.means,
        }
    }
}

/// The rows of pixels in a row of blocks.
pub(crate) fn block_rows(gray: bool, chroma: Chroma) -> u32 {
    if !gray && chroma == Chroma::Half { 16 } else { 8 }
}

/// The length of the table of a tile of which `h` rows are of the image.
pub(super) fn length(h: u32, gray: bool, chroma: Chroma) -> u64 {
    u64::from(h.div_ceil(block_rows(gray, chroma))) * ROW as u64
}

pub(super) fn write(rows: &[Row]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(rows.len() * ROW);
    for row in rows {
        let cut = row.whole.saturating_mul(8) | u32::from(row.filling);
        if row.stored > MOST || cut > MOST {
            return Err(Error::TooLarge("a row of a tile has 2 MB".to_owned()));
        }
        out.extend_from_slice(&row.stored.to_le_bytes()[..3]);
        out.extend_from_slice(&cut.to_le_bytes()[..3]);
        out.extend(row.means.iter().flat_map(|mean| mean.to_le_bytes()));
    }
    Ok(out)
}

pub(super) fn read(table: &[u8]) -> impl Iterator<Item = Row> {
    let (rows, _) = table.as_chunks::<ROW>();
    rows.iter().map(|row| {
        let three = |at: usize| u32::from_le_bytes([row[at], row[at + 1], row[at + 2], 0]);
        let mean = |at: usize| i16::from_le_bytes([row[at], row[at + 1]]);
        let (stored, cut) = (three(0), three(3));
        let means = [mean(6), mean(8), mean(10)];
        Row { stored, whole: cut >> 3, filling: (cut & 7) as u8, means }
    })
}
