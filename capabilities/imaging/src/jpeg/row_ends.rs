//! How the rows of blocks of an image end, which is what joining tiles without decoding needs.

use super::ffi::RawRowEnd;
use super::segments::scan_start;
use crate::Error;

/// The end of a row of blocks that is followed by a restart marker, or by the end of the image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RowEnd {
    /// The bytes of the row, without the marker.
    pub(crate) length: u32,
    /// Bits that only fill its last byte, 0 to 7.
    pub(crate) filling: u8,
    /// The last DC coefficient of each component, quantised.
    pub(crate) means: [i16; 3],
}

/// Makes lengths of what the encoder noted. It noted places shortly before the markers.
pub(super) fn row_ends(jpeg: &[u8], noted: &[RawRowEnd]) -> Result<Vec<RowEnd>, Error> {
    let mut start = if noted.is_empty() { 0 } else { scan_start(jpeg)? };
    let mut ends = Vec::with_capacity(noted.len());
    for row in noted {
        let end = marker_after(jpeg, (row.position as usize).max(start));
        let end = end.ok_or_else(|| Error::Damaged("a row of blocks has no end".to_owned()))?;
        ends.push(RowEnd {
            length: (end - start) as u32,
            filling: row.filling as u8,
            means: row.means.map(|mean| mean as i16),
        });
        start = end + 2;
    }
    Ok(ends)
}

/// Finds the next marker in codes, where a byte of ones is followed by a zero.
fn marker_after(jpeg: &[u8], from: usize) -> Option<usize> {
    let found = jpeg.get(from..)?.windows(2).position(|pair| pair[0] == 0xFF && pair[1] != 0)?;
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use iiif::image::Extent;
    use proptest::prelude::*;

    use super::super::walk::walk;
    use super::super::{Encoder, Kind};
    use crate::Chroma;

    fn noise(n: usize, seed: u32) -> Vec<u8> {
        let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        let states = std::iter::successors(Some(seed), next);
        // Smooth and rough in turns.
        let byte = |(i, state): (usize, u32)| (((state >> 24) >> ((i / 4096) % 8)) + 60) as u8;
        states.enumerate().map(byte).take(n).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// What is read out of libjpeg's state is what a decoder of the codes comes to.
        #[test]
        fn rows_end_as_their_codes_say(
            w in 1_u32..200, h in 1_u32..100, gray: bool, full: bool, seed: u32, quality in 20_u8..100,
        ) {
            let chroma = if full { Chroma::Full } else { Chroma::Half };
            let kind = Kind { gray, quality, chroma, restarts: true };
            let pixels = noise((w * h) as usize * kind.channels(), seed);
            let mut encoder = Encoder::new(kind).unwrap();
            let tables = encoder.tables().unwrap();
            encoder.begin_abbreviated(Extent::new(w, h)).unwrap();
            encoder.write(&pixels, w as usize * kind.channels(), h as usize).unwrap();
            encoder.end().unwrap();
            prop_assert_eq!(encoder.row_ends().unwrap(), walk(&tables, encoder.bytes()));
        }
    }
}
