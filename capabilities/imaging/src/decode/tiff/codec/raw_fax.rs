//! Group 3 rows without a file around them: width, height and order of bits are found by trying.

use std::collections::HashMap;

use super::super::super::source::Source;
use super::fax::{Bits, Fax, FaxOptions};
use super::{Codec, Packed, Unpack};
use crate::Error;

/// Rows that are looked at for the width, and how many of ten must have it.
const SAMPLE: usize = 100;
const AGREE: usize = 8;
const LEAST: usize = 4;
const WIDTHS: std::ops::RangeInclusive<u32> = 64..=20_000;
const MAX_ROWS: u32 = 1 << 20;

pub(in super::super::super) struct RawFax {
    pub(in super::super::super) w: u32,
    pub(in super::super::super) h: u32,
    rows: Fax,
}

impl RawFax {
    pub(in super::super::super) fn guess(source: &Source) -> Option<Self> {
        let ways = [(false, false), (true, false), (false, true), (true, true)];
        ways.into_iter().find_map(|(reversed, two_dimensional)| {
            let options = FaxOptions { two_dimensional };
            let packed = || Packed::new(source.whole(), reversed, Codec::Fax3);
            let w = width(&mut Bits::new(packed()), two_dimensional)?;
            let h = Fax::new(packed(), w, Codec::Fax3, options).count_rows(MAX_ROWS);
            let rows = Fax::new(packed(), w, Codec::Fax3, options);
            (h > 0).then_some(Self { w, h, rows })
        })
    }

    /// The next row, eight pixels to a byte, black being one.
    pub(in super::super::super) fn read(&mut self, row: &mut [u8]) -> Result<(), Error> {
        self.rows.fill(row)
    }
}

/// The width that most rows have.
fn width(bits: &mut Bits, two_dimensional: bool) -> Option<u32> {
    let mut widths: HashMap<u32, usize> = HashMap::new();
    let mut seen = 0;
    for _ in 0..SAMPLE {
        if !bits.find_end_of_line() || bits.skip_end_of_line().is_err() {
            break;
        }
        let one_dimensional = !two_dimensional || bits.peek(1) == 1;
        if two_dimensional && bits.take(1).is_err() {
            break;
        }
        if bits.at_end_of_line() {
            continue; // the end of a page
        }
        if one_dimensional {
            seen += 1;
            *widths.entry(bits.measure_row().unwrap_or(0)).or_default() += 1;
        }
    }
    let (w, rows) = widths.into_iter().max_by_key(|(_, rows)| *rows)?;
    (WIDTHS.contains(&w) && rows >= LEAST && rows * 10 >= seen * AGREE).then_some(w)
}
