//! Run lengths of pixels of 4 or 8 bits, with jumps over pixels that stay as they are: zero.

use std::io::{BufReader, Read};

use super::super::problem::truncated;
use super::super::raster::buffer;
use super::super::source::{Section, Source};
use super::header::Bmp;
use crate::{Error, Limits};

/// An index for each pixel, rows in the order of the file.
pub(super) fn unpack(bmp: &Bmp, source: &Source, limits: &Limits) -> Result<Vec<u8>, Error> {
    let (w, h) = (bmp.extent.w as usize, bmp.extent.h as usize);
    let indices = buffer(w as u64 * h as u64, "this packed BMP", limits)?;
    let reader = BufReader::new(source.section(bmp.at, u64::MAX));
    let mut runs = Runs { reader, indices, w, h, x: 0, y: 0, small: bmp.bits == 4 };
    while runs.y < h {
        match runs.pair()? {
            [0, 0] => (runs.x, runs.y) = (0, runs.y + 1),
            [0, 1] => break,
            [0, 2] => {
                let [right, down] = runs.pair()?;
                runs.x += usize::from(right);
                runs.y += usize::from(down);
            }
            [0, n] => runs.literal(usize::from(n))?,
            [n, value] => runs.run(usize::from(n), value),
        }
    }
    Ok(runs.indices)
}

struct Runs {
    reader: BufReader<Section>,
    indices: Vec<u8>,
    w: usize,
    h: usize,
    x: usize,
    y: usize,
    small: bool,
}

impl Runs {
    fn pair(&mut self) -> Result<[u8; 2], Error> {
        let mut pair = [0; 2];
        self.reader.read_exact(&mut pair).map_err(|_| truncated())?;
        Ok(pair)
    }

    /// What lies beyond the edge is left out.
    fn put(&mut self, index: u8) {
        if self.x < self.w && self.y < self.h {
            self.indices[self.y * self.w + self.x] = index;
        }
        self.x += 1;
    }

    fn half(value: u8, i: usize) -> u8 {
        if i.is_multiple_of(2) { value >> 4 } else { value & 15 }
    }

    fn run(&mut self, n: usize, value: u8) {
        for i in 0..n {
            self.put(if self.small { Self::half(value, i) } else { value });
        }
    }

    fn literal(&mut self, n: usize) -> Result<(), Error> {
        let bytes = if self.small { n.div_ceil(2) } else { n };
        let mut values = vec![0; bytes.next_multiple_of(2)];
        self.reader.read_exact(&mut values).map_err(|_| truncated())?;
        for i in 0..n {
            self.put(if self.small { Self::half(values[i / 2], i) } else { values[i] });
        }
        Ok(())
    }
}
