//! Behind each tile: where its rows of blocks can be cut.
//!
//! Every row of blocks that lies inside the image ends in a restart marker, so it can be lifted out
//! of the tile with its length alone. It can also be cut every 256 pixels, and where the image
//! ends. For joining it there with what doesn't follow it in the file, without decoding either, the
//! table says to the bit where the place is, and the last mean of each component before it.
//!
//! For each row: u24 length as stored, without the marker. Then for each cut: u24 whole bytes
//! before it, times 8, plus the number of bits that lie behind it in the byte after them; three
//! i16, the last quantised means. All little-endian.

use iiif::image::Extent;

use crate::jpeg::{CUT, CodedRow, Cut};
use crate::{Chroma, Error};

pub(crate) use crate::jpeg::block as block_rows;

const LENGTH: usize = 3;
const CUT_BYTES: usize = 9;
/// What three bytes can say.
const MOST: u32 = 0xFF_FFFF;

/// The length of the table of a tile of which so much is of the image.
pub(super) fn length(extent: Extent, gray: bool, chroma: Chroma) -> u64 {
    u64::from(extent.h.div_ceil(block_rows(gray, chroma))) * row_bytes(extent.w) as u64
}

fn row_bytes(w: u32) -> usize {
    LENGTH + CUT_BYTES * w.div_ceil(CUT) as usize
}

pub(super) fn write(rows: &[CodedRow]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for row in rows {
        if row.length > MOST >> 3 {
            return Err(Error::TooLarge("a row of a tile has 2 MB".to_owned()));
        }
        out.extend_from_slice(&row.length.to_le_bytes()[..3]);
        for cut in &row.cuts {
            let place = cut.whole << 3 | u32::from(cut.rest);
            out.extend_from_slice(&place.to_le_bytes()[..3]);
            out.extend(cut.means.iter().flat_map(|mean| mean.to_le_bytes()));
        }
    }
    Ok(out)
}

/// The rows of a tile, each with what the table says of it.
pub(super) fn rows<'a>(
    codes: &'a [u8],
    table: &'a [u8],
    w: u32,
) -> impl Iterator<Item = Result<(&'a [u8], TableRow<'a>), Error>> {
    let damaged = || Error::Damaged("a tile has other rows than its table says".to_owned());
    let mut codes = codes;
    table.chunks_exact(row_bytes(w)).map(TableRow).map(move |row| {
        let (own, rest) = codes.split_at_checked(row.length()).ok_or_else(damaged)?;
        codes = rest.get(2..).unwrap_or_default();
        Ok((own, row))
    })
}

#[derive(Clone, Copy)]
pub(super) struct TableRow<'a>(&'a [u8]);

impl TableRow<'_> {
    /// The bytes of its codes as they are stored, without the marker.
    pub(super) fn length(self) -> usize {
        u24(self.0) as usize
    }

    /// The n-th place where it can be cut; there is none before its begin.
    pub(super) fn cut(self, n: usize) -> Cut {
        let bytes = &self.0[LENGTH + n * CUT_BYTES..][..CUT_BYTES];
        let mean = |at: usize| i16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let place = u24(bytes);
        Cut { whole: place >> 3, rest: (place & 7) as u8, means: [mean(3), mean(5), mean(7)] }
    }

    /// Where the image ends, or the tile.
    pub(super) fn end(self) -> Cut {
        self.cut((self.0.len() - LENGTH) / CUT_BYTES - 1)
    }
}

fn u24(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}
