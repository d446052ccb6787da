//! Two compressions of early scanners: ThunderScan's 4-bit and NeXT's 2-bit greys.

use std::io::Read;

use super::super::super::problem::{damaged, truncated};
use super::{Packed, Unpack};
use crate::Error;

/// Each row begins at black; codes repeat the last grey, step from it, or name it.
pub(super) struct Thunder {
    packed: Packed,
    w: usize,
}

/// A step of zero, or no pixel at all.
const TWO_BIT_STEPS: [Option<u8>; 4] = [Some(0), Some(1), None, Some(15)];
const THREE_BIT_STEPS: [Option<u8>; 8] =
    [Some(0), Some(1), Some(2), Some(3), None, Some(13), Some(14), Some(15)];

impl Thunder {
    pub(super) fn new(packed: Packed, w: u32) -> Self {
        Self { packed, w: w as usize }
    }

    fn row(&mut self, out: &mut [u8]) -> Result<(), Error> {
        out.fill(0);
        let mut row = Nibbles { out, at: 0, w: self.w, last: 0 };
        while row.at < row.w {
            let code = match self.packed.byte()? {
                Some(code) => code,
                None if row.at == 0 => return Ok(()), // writers left out white rows at the end
                None => return Err(truncated()),
            };
            match code >> 6 {
                0 => (0..code & 63).for_each(|_| row.put(row.last)),
                1 => [4, 2, 0]
                    .iter()
                    .for_each(|s| row.step(TWO_BIT_STEPS[usize::from(code >> s & 3)])),
                2 => [3, 0]
                    .iter()
                    .for_each(|s| row.step(THREE_BIT_STEPS[usize::from(code >> s & 7)])),
                _ => row.put(code & 15),
            }
        }
        Ok(())
    }
}

struct Nibbles<'a> {
    out: &'a mut [u8],
    at: usize,
    w: usize,
    last: u8,
}

impl Nibbles<'_> {
    fn put(&mut self, grey: u8) {
        self.last = grey;
        if self.at < self.w {
            self.out[self.at / 2] |= grey << if self.at.is_multiple_of(2) { 4 } else { 0 };
            self.at += 1;
        }
    }

    fn step(&mut self, by: Option<u8>) {
        if let Some(by) = by {
            self.put((self.last + by) & 15);
        }
    }
}

impl Unpack for Thunder {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let line = self.w.div_ceil(2).max(1);
        out.chunks_mut(line).try_for_each(|row| self.row(row))
    }
}

/// Rows are literal, a literal span on white, or runs of one grey.
pub(super) struct Next {
    packed: Packed,
    w: usize,
    line: usize,
}

impl Next {
    pub(super) fn new(packed: Packed, w: u32, line: usize) -> Self {
        Self { packed, w: w as usize, line }
    }

    fn byte(&mut self) -> Result<u8, Error> {
        self.packed.byte()?.ok_or_else(truncated)
    }

    fn short(&mut self) -> Result<usize, Error> {
        Ok(usize::from(self.byte()?) << 8 | usize::from(self.byte()?))
    }

    fn row(&mut self, out: &mut [u8]) -> Result<(), Error> {
        out.fill(0xff);
        match self.byte()? {
            0x00 => self.packed.read_exact(out).map_err(|_| truncated()),
            0x40 => {
                let (start, len) = (self.short()?, self.short()?);
                let span = out.get_mut(start..start + len);
                let span = span.ok_or_else(|| damaged("a row of the TIFF is too long"))?;
                self.packed.read_exact(span).map_err(|_| truncated())
            }
            first => self.runs(first, out),
        }
    }

    fn runs(&mut self, first: u8, out: &mut [u8]) -> Result<(), Error> {
        let mut code = first;
        let mut at = 0;
        loop {
            let grey = code >> 6;
            for x in at..(at + usize::from(code & 63)).min(self.w) {
                let shift = 6 - 2 * (x % 4);
                out[x / 4] = out[x / 4] & !(3 << shift) | grey << shift;
            }
            at += usize::from(code & 63);
            if at >= self.w {
                return Ok(());
            }
            code = self.byte()?;
        }
    }
}

impl Unpack for Next {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let line = self.line.max(1);
        out.chunks_mut(line).try_for_each(|row| self.row(row))
    }
}
