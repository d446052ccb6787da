//! Rows of a raster, converted a band at a time.

use super::super::problem::damaged;
use super::super::raster::{Depth, Plan, Raster, Samples, Space};
use super::super::rows::{Header, Layout, Rows};
use super::icc::Icc;
use super::inks;
use crate::Error;

/// Samples that are converted at once: enough to be fast, few enough to stay in a cache.
const BAND: usize = 1 << 17;

pub(in super::super) struct Managed {
    raster: Box<dyn Raster>,
    header: Header,
    way: Way,
    bytes: Vec<u8>,
    words: Vec<u16>,
    rows_left: u32,
}

enum Way {
    /// The raster's bytes are the answer.
    Plain,
    /// Only the highest bits are wanted.
    Narrow,
    Icc(Icc),
    Inks,
}

impl Managed {
    pub(in super::super) fn new(raster: Box<dyn Raster>) -> Result<Self, Error> {
        let plan = raster.plan();
        let mut facts = plan.facts.clone();
        let icc = match Icc::new(plan) {
            Ok(icc) => icc,
            Err(note) => {
                facts.notes.push(note);
                Icc::without_profile(plan)?
            }
        };
        let way = match (icc, plan.space, plan.depth) {
            (Some(icc), _, _) => Way::Icc(icc),
            (None, Space::Cmyk, _) => Way::Inks,
            (None, _, Depth::Eight) => Way::Plain,
            (None, _, Depth::Sixteen) => Way::Narrow,
        };
        let layout = match (plan.space, plan.alpha) {
            (Space::Gray, false) => Layout::Gray,
            (Space::Gray, true) => Layout::GrayAlpha,
            (_, false) => Layout::Rgb,
            (_, true) => Layout::Rgba,
        };
        let header = Header { extent: plan.extent, layout, facts };
        let (bytes, words) = band(plan, &way);
        let rows_left = plan.extent.h;
        Ok(Self { header, way, bytes, words, rows_left, raster })
    }
}

/// Buffers for a band in the raster's own depth, where it isn't read in place.
fn band(plan: &Plan, way: &Way) -> (Vec<u8>, Vec<u16>) {
    let row = plan.row();
    let samples = row * (BAND / row.max(1)).clamp(1, plan.extent.h as usize);
    match (way, plan.depth) {
        (Way::Plain, _) => (Vec::new(), Vec::new()),
        (_, Depth::Eight) => (vec![0; samples], Vec::new()),
        (_, Depth::Sixteen) => (Vec::new(), vec![0; samples]),
    }
}

impl Rows for Managed {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let rows = out.len() / self.header.row();
        self.rows_left = u32::try_from(rows)
            .ok()
            .and_then(|rows| self.rows_left.checked_sub(rows))
            .ok_or_else(|| damaged("more rows were asked for than the image has"))?;
        if matches!(self.way, Way::Plain) {
            return self.raster.read(Samples::Eight(out));
        }
        let row = self.raster.plan().row();
        let at_once = self.bytes.len().max(self.words.len()) / row;
        for out in out.chunks_mut(self.header.row() * at_once) {
            let n = out.len() / self.header.row() * row;
            self.convert(n, out)?;
        }
        Ok(())
    }
}

impl Managed {
    /// Reads `n` samples and converts them to `out`.
    fn convert(&mut self, n: usize, out: &mut [u8]) -> Result<(), Error> {
        let alpha = self.raster.plan().alpha;
        match self.raster.plan().depth {
            Depth::Eight => {
                let band = &mut self.bytes[..n];
                self.raster.read(Samples::Eight(band))?;
                match &mut self.way {
                    Way::Icc(icc) => icc.bytes(band, out),
                    Way::Inks => inks::bytes(band, alpha, out),
                    Way::Plain | Way::Narrow => out.copy_from_slice(band),
                }
            }
            Depth::Sixteen => {
                let band = &mut self.words[..n];
                self.raster.read(Samples::Sixteen(band))?;
                match &mut self.way {
                    Way::Icc(icc) => icc.words(band, out),
                    Way::Inks => inks::words(band, alpha, out),
                    Way::Plain | Way::Narrow => narrow(band, out),
                }
            }
        }
        Ok(())
    }
}

/// To the nearest of 8 bits.
fn narrow(words: &[u16], out: &mut [u8]) {
    for (byte, word) in out.iter_mut().zip(words) {
        *byte = ((u32::from(*word) * 255 + 32_895) >> 16) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits_become_the_nearest_eight() {
        let words: Vec<u16> = (0..=65535).collect();
        let mut bytes = vec![0; words.len()];
        narrow(&words, &mut bytes);
        for (word, byte) in words.iter().zip(&bytes) {
            let exact = (f64::from(*word) / 257.0).round();
            assert_eq!(f64::from(*byte), exact, "{word}");
        }
    }
}
