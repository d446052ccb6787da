//! Fax compression: Modified Huffman, Group 3 in one and two dimensions, and Group 4.
//!
//! A row is kept as the places where its colour changes, white first. Black is written as ones.

use super::super::super::problem::{damaged, truncated, unsupported};
use super::fax_codes::{MODE_BITS, MODES, Mode, RUN_BITS, RUNS};
use super::{Codec, Packed, Unpack};
use crate::Error;

/// What T4Options says of Group 3.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct FaxOptions {
    pub(in super::super) two_dimensional: bool,
}

/// Damaged Group 3 rows in succession that are taken for noise on the line.
const NOISE: u32 = 50;
/// Bits past the end that a reader may look at without using them.
const SLACK: u32 = 64;

pub(super) struct Fax {
    bits: Bits,
    codec: Codec,
    options: FaxOptions,
    w: u32,
    above: Vec<u32>,
    row: Vec<u32>,
    damaged_rows: u32,
    ended: bool,
}

/// Why a row stopped before its right edge.
pub(super) enum Stop {
    /// The page is over: the rows that are left are white.
    End,
    Damage,
    Truncated,
    Unsupported,
}

impl Fax {
    pub(super) fn new(packed: Packed, w: u32, codec: Codec, options: FaxOptions) -> Self {
        Self {
            bits: Bits::new(packed),
            codec,
            options,
            w,
            above: Vec::new(),
            row: Vec::new(),
            damaged_rows: 0,
            ended: false,
        }
    }

    /// Rows up to the end of the page or of the bytes, but at most `most`.
    pub(super) fn count_rows(mut self, most: u32) -> u32 {
        for row in 0..most {
            if self.next_row().is_err() || self.ended {
                return row;
            }
            std::mem::swap(&mut self.above, &mut self.row);
        }
        most
    }

    fn next_row(&mut self) -> Result<(), Error> {
        self.row.clear();
        if self.ended {
            return Ok(());
        }
        let outcome = if self.codec == Codec::Fax4 {
            self.row_against_above()
        } else if self.codec == Codec::Fax3 {
            self.group_3_row()
        } else {
            self.bits.align(if self.codec == Codec::FaxRleWord { 16 } else { 8 });
            self.row_of_runs()
        };
        match outcome {
            Ok(()) => self.damaged_rows = 0,
            Err(Stop::End) => {
                self.ended = true;
                self.row.clear();
            }
            Err(Stop::Damage) if self.bits.past <= SLACK && self.may_be_noise() => {}
            Err(Stop::Truncated) => return Err(truncated()),
            Err(Stop::Damage) if self.bits.past > SLACK => return Err(truncated()),
            Err(Stop::Damage) => return Err(damaged("a row of this fax image is damaged")),
            Err(Stop::Unsupported) => return Err(unsupported("fax compression with extensions")),
        }
        Ok(())
    }

    /// Group 3 finds its feet again at the next end of line, as fax machines do.
    fn may_be_noise(&mut self) -> bool {
        self.damaged_rows += 1;
        if self.row.len() % 2 == 1 {
            self.row.extend(self.row.last().copied()); // white from here on
        }
        self.codec == Codec::Fax3 && self.damaged_rows <= NOISE && self.bits.find_end_of_line()
    }

    /// Begins after an end of line, where there is one; several of them end the page.
    fn group_3_row(&mut self) -> Result<(), Stop> {
        let mut lines = 0;
        let mut one_dimensional = true;
        while self.bits.at_end_of_line() {
            self.bits.skip_end_of_line()?;
            lines += 1;
            if self.options.two_dimensional {
                one_dimensional = self.bits.peek(1) == 1;
                self.bits.take(1)?;
            }
            if lines == 3 {
                return Err(Stop::End);
            }
        }
        if one_dimensional { self.row_of_runs() } else { self.row_against_above() }
    }

    /// White and black runs in turn until the row is full.
    fn row_of_runs(&mut self) -> Result<(), Stop> {
        let mut x = 0;
        let mut black = false;
        while x < self.w {
            x = (x + self.bits.run(black)?).min(self.w);
            self.push(x)?;
            black = !black;
        }
        Ok(())
    }

    /// Runs of nothing may follow each other, but not without end.
    fn push(&mut self, x: u32) -> Result<(), Stop> {
        if self.row.len() > 2 * self.w as usize + 8 {
            return Err(Stop::Damage);
        }
        self.row.push(x);
        Ok(())
    }

    /// Changes coded by where the row above changes.
    fn row_against_above(&mut self) -> Result<(), Stop> {
        let mut x = 0;
        let mut next = 0; // the change above that a vertical code means; even ones turn black
        let mut begun = false;
        while x < self.w {
            while begun && self.change(next) <= x && self.change(next) < self.w {
                next += 2;
            }
            let above = self.change(next);
            match self.bits.mode()? {
                Mode::Pass => {
                    x = self.change(next + 1);
                    next += 2;
                }
                Mode::Vertical(by) => {
                    let to = above.checked_add_signed(i32::from(by)).ok_or(Stop::Damage)?;
                    if to < x || to > self.w {
                        return Err(Stop::Damage);
                    }
                    x = to;
                    self.push(x)?;
                    next = if next > 0 { next - 1 } else { 1 };
                }
                Mode::Horizontal => {
                    let black = self.row.len() % 2 == 1;
                    for black in [black, !black] {
                        x = (x + self.bits.run(black)?).min(self.w);
                        self.push(x)?;
                    }
                }
                Mode::Extension => return Err(Stop::Unsupported),
                Mode::Zeros => return Err(self.bits.end_of_page()),
            }
            begun = true;
        }
        Ok(())
    }

    fn change(&self, index: usize) -> u32 {
        self.above.get(index).copied().unwrap_or(self.w)
    }

    fn paint(&self, out: &mut [u8]) {
        out.fill(0);
        for black in self.row.chunks(2) {
            let end = black.get(1).copied().unwrap_or(self.w);
            set_bits(out, black[0] as usize, end as usize);
        }
    }
}

fn set_bits(out: &mut [u8], start: usize, end: usize) {
    if start >= end {
        return;
    }
    let (first, last) = (start / 8, (end - 1) / 8);
    let (head, tail) = (0xff >> (start % 8), !(0x7f_u8 >> ((end - 1) % 8)));
    if first == last {
        out[first] |= head & tail;
    } else {
        out[first] |= head;
        out[first + 1..last].fill(0xff);
        out[last] |= tail;
    }
}

impl Unpack for Fax {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        for line in out.chunks_mut(self.w.div_ceil(8).max(1) as usize) {
            self.next_row()?;
            self.paint(line);
            std::mem::swap(&mut self.above, &mut self.row);
        }
        Ok(())
    }
}

/// The packed bytes as bits, the highest first.
pub(super) struct Bits {
    packed: Packed,
    word: u64,
    have: u32,
    /// Bits made up after the end.
    past: u32,
    taken: u64,
}

impl Bits {
    pub(super) fn new(packed: Packed) -> Self {
        Self { packed, word: 0, have: 0, past: 0, taken: 0 }
    }

    /// How long all runs up to the next end of line are together.
    pub(super) fn measure_row(&mut self) -> Option<u32> {
        let (mut sum, mut black) = (0_u32, false);
        while !self.at_end_of_line() {
            sum = sum.saturating_add(self.run(black).ok()?);
            black = !black;
        }
        Some(sum)
    }

    fn refill(&mut self) {
        while self.have <= 56 {
            let byte = match self.packed.byte() {
                Ok(Some(byte)) => byte,
                _ => {
                    self.past = self.past.saturating_add(8);
                    0
                }
            };
            self.word |= u64::from(byte) << (56 - self.have);
            self.have += 8;
        }
    }

    pub(super) fn peek(&mut self, n: u32) -> usize {
        if self.have < n {
            self.refill();
        }
        (self.word >> (64 - n)) as usize
    }

    pub(super) fn take(&mut self, n: u32) -> Result<(), Stop> {
        if self.have < n {
            self.refill();
        }
        self.word <<= n;
        self.have -= n;
        self.taken += u64::from(n);
        // All that is left is made up, and some of it has been used.
        if self.past > self.have { Err(Stop::Truncated) } else { Ok(()) }
    }

    fn align(&mut self, to: u64) {
        let n = (to - self.taken % to) % to;
        // A cut that falls into the padding shows at the next code word.
        let _ = self.take(n as u32);
    }

    fn run(&mut self, black: bool) -> Result<u32, Stop> {
        let table = if black { &RUNS.black } else { &RUNS.white };
        let mut sum: u32 = 0;
        loop {
            let (length, bits) = table[self.peek(RUN_BITS)];
            if bits == 0 {
                return Err(Stop::Damage);
            }
            self.take(u32::from(bits))?;
            sum = sum.saturating_add(u32::from(length)).min(1 << 30);
            if length < 64 {
                return Ok(sum);
            }
        }
    }

    fn mode(&mut self) -> Result<Mode, Stop> {
        let (mode, bits) = MODES[self.peek(MODE_BITS)];
        self.take(u32::from(bits))?;
        Ok(mode)
    }

    fn end_of_page(&mut self) -> Stop {
        if self.peek(12) == 1 {
            Stop::End
        } else if self.past > 0 {
            Stop::Truncated
        } else {
            Stop::Damage
        }
    }

    /// Eleven zeros or more: fill bits and the end of a line.
    pub(super) fn at_end_of_line(&mut self) -> bool {
        self.peek(11) == 0
    }

    pub(super) fn skip_end_of_line(&mut self) -> Result<(), Stop> {
        while self.peek(1) == 0 {
            self.take(1)?;
        }
        self.take(1)
    }

    pub(super) fn find_end_of_line(&mut self) -> bool {
        while !self.at_end_of_line() {
            if self.take(1).is_err() {
                return false;
            }
        }
        true
    }
}
