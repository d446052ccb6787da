//! SGI's log luminance: pixels of 16 or 32 bits, packed a byte plane at a time, or 24 bits unpacked.

use super::super::super::problem::truncated;
use super::super::layout::Layout;
use super::{Packed, Unpack};
use crate::Error;

/// Run lengths per row and byte plane, from the highest byte down.
pub(super) struct Planes {
    packed: Packed,
    w: usize,
    bytes: usize,
    big_endian: bool,
}

impl Planes {
    pub(super) fn new(packed: Packed, w: u32, layout: &Layout) -> Self {
        let bytes = layout.bits as usize / 8;
        Self { packed, w: w as usize, bytes, big_endian: layout.big_endian }
    }

    fn byte(&mut self) -> Result<u8, Error> {
        self.packed.byte()?.ok_or_else(truncated)
    }

    fn row(&mut self, out: &mut [u8]) -> Result<(), Error> {
        for plane in 0..self.bytes {
            let place = if self.big_endian { plane } else { self.bytes - 1 - plane };
            let mut x = 0;
            while x < self.w {
                let code = self.byte()?;
                let (n, run) = match code {
                    128.. => (usize::from(code) - 126, Some(self.byte()?)),
                    _ => (usize::from(code), None),
                };
                for _ in 0..n {
                    let value = match run {
                        Some(value) => value,
                        None => self.byte()?,
                    };
                    if x < self.w {
                        out[x * self.bytes + place] = value;
                    }
                    x += 1;
                }
            }
        }
        Ok(())
    }
}

impl Unpack for Planes {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let line = (self.w * self.bytes).max(1);
        out.chunks_mut(line).try_for_each(|row| self.row(row))
    }
}

/// Three bytes a pixel, the highest first whatever the file's byte order is.
pub(super) struct Triples {
    packed: Packed,
    big_endian: bool,
}

impl Triples {
    pub(super) fn new(packed: Packed, layout: &Layout) -> Self {
        Self { packed, big_endian: layout.big_endian }
    }
}

impl Unpack for Triples {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        std::io::Read::read_exact(&mut self.packed, out).map_err(|_| truncated())?;
        if !self.big_endian {
            out.chunks_exact_mut(3).for_each(|pixel| pixel.swap(0, 2));
        }
        Ok(())
    }
}
