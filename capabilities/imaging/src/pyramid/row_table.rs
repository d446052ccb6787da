//! Behind each tile: where its rows of blocks end, and how.
//!
//! Every row of blocks ends in a restart marker. With its length a row can be lifted out of the
//! tile; with the number of bits that only fill its last byte, and the last mean of each component,
//! the row of the next tile can be joined to it without decoding either.
//!
//! A row takes ten bytes, little-endian: a u32 that is its length in bytes without the marker,
//! times 8, plus the number of filling bits; then three i16, the last quantised means.

use crate::jpeg::RowEnd;
use crate::{Chroma, Error};

const ROW: u64 = 10;

/// The rows of pixels in a row of blocks.
pub(super) fn block_rows(gray: bool, chroma: Chroma) -> u32 {
    if !gray && chroma == Chroma::Half { 16 } else { 8 }
}

/// The length of the table of a tile of `h` rows.
pub(super) fn length(h: u32, gray: bool, chroma: Chroma) -> u64 {
    u64::from(h.div_ceil(block_rows(gray, chroma))) * ROW
}

/// Writes the table of a tile, of which `ends` are the rows.
pub(super) fn write(ends: &[RowEnd]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(ends.len() * ROW as usize);
    for end in ends {
        let length = end.length.checked_mul(8).map(|length| length | u32::from(end.filling));
        let length = length.ok_or_else(|| Error::TooLarge("a row of a tile".to_owned()))?;
        out.extend(length.to_le_bytes());
        out.extend(end.means.iter().flat_map(|mean| mean.to_le_bytes()));
    }
    Ok(out)
}
