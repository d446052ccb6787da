//! Where the rows of blocks of an image can be cut, which is what joining tiles without decoding
//! needs.

use super::ffi::RawCut;
use super::segments::scan_start;
use crate::Error;

/// A place between two blocks of a row, counted from the begin of the row's codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// The bytes that lie wholly before it.
    pub(crate) whole: u32,
    /// How many bits of the byte after those lie behind it, 0 to 7; with 0 there is no such byte.
    pub(crate) rest: u8,
    /// The last DC coefficient of each component before it, quantised.
    pub(crate) means: [i16; 3],
}

/// A row of blocks that is followed by a restart marker, or by the end of the image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CodedRow {
    /// The bytes of its codes, without the marker.
    pub(crate) length: u32,
    /// The last one is its end.
    pub(crate) cuts: Vec<Cut>,
}

/// Counts from the begins of rows what the encoder noted from the begin of the image.
pub(super) fn coded_rows(
    jpeg: &[u8],
    noted: &[RawCut],
    cuts_in_row: usize,
) -> Result<Vec<CodedRow>, Error> {
    let mut start = if noted.is_empty() { 0 } else { scan_start(jpeg)? };
    let mut rows = Vec::with_capacity(noted.len() / cuts_in_row);
    for noted in noted.chunks(cuts_in_row) {
        let cuts = noted.iter().map(|cut| found(jpeg, start, cut));
        let cuts = cuts.collect::<Option<Vec<_>>>();
        let row = cuts.and_then(|cuts| Some(CodedRow { length: end(jpeg, start, &cuts)?, cuts }));
        let row = row.ok_or_else(|| Error::Damaged("a row of blocks has no end".to_owned()))?;
        start += row.length as usize + 2;
        rows.push(row);
    }
    Ok(rows)
}

/// The bits that the encoder still kept follow the bytes that it had written.
fn found(jpeg: &[u8], start: usize, noted: &RawCut) -> Option<Cut> {
    let mut at = noted.position as usize;
    for _ in 0..noted.waiting_bits / 8 {
        at += code_bytes(*jpeg.get(at)?);
    }
    let rest = (8 - noted.waiting_bits % 8) % 8;
    let whole = at.checked_sub(start)? as u32;
    Some(Cut { whole, rest: rest as u8, means: noted.means.map(|mean| mean as i16) })
}

fn end(jpeg: &[u8], start: usize, cuts: &[Cut]) -> Option<u32> {
    let Cut { whole, rest, .. } = cuts.last()?;
    let last = match rest {
        0 => 0,
        _ => code_bytes(*jpeg.get(start + *whole as usize)?),
    };
    Some(whole + last as u32)
}

/// In codes, a byte of ones is followed by a zero.
pub(super) fn code_bytes(byte: u8) -> usize {
    if byte == 0xFF { 2 } else { 1 }
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
        fn rows_can_be_cut_where_the_encoder_says(
            w in 1_u32..700, h in 1_u32..100, gray: bool, full: bool, seed: u32, quality in 20_u8..100,
        ) {
            let chroma = if full { Chroma::Full } else { Chroma::Half };
            let kind = Kind { gray, quality, chroma, cuts: true };
            let pixels = noise((w * h) as usize * kind.channels(), seed);
            let mut encoder = Encoder::new(kind).unwrap();
            let tables = encoder.tables().unwrap();
            encoder.begin_abbreviated(Extent::new(w, h)).unwrap();
            encoder.write(&pixels, w as usize * kind.channels(), h as usize).unwrap();
            encoder.end().unwrap();
            prop_assert_eq!(encoder.rows().unwrap(), walk(&tables, encoder.bytes()));
        }
    }
}
