//! A BMP's rows, read from above wherever they lie in the file.

use super::super::problem::damaged;
use super::super::raster::{Depth, Plan, Profile, Raster, Samples, Space, buffer};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::header::{Bmp, Packing};
use super::runs;
use crate::{Error, Limits};

pub(in super::super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let bmp = Bmp::read(&source, limits)?;
    let indexed = bmp.bits <= 8;
    let gray = indexed && bmp.palette.iter().all(|[r, g, b]| r == g && g == b);
    let alpha = !indexed && bmp.bits != 24 && !bmp.masks[3].is_empty();
    let facts = SourceFacts {
        format: "BMP".into(),
        media_type: "image/bmp".into(),
        frames: 1,
        bits: if indexed { bmp.bits as u8 } else { 8 },
        channels: if indexed { 1 } else { 3 + u8::from(alpha) },
        had_icc: bmp.icc.is_some(),
        orientation: 1,
        extent: bmp.extent,
        notes: Vec::new(),
    };
    let plan = Plan {
        extent: bmp.extent,
        space: if gray { Space::Gray } else { Space::Rgb },
        alpha,
        depth: Depth::Eight,
        profile: bmp.icc.clone().map_or(Profile::None, Profile::Icc),
        orientation: 1,
        facts,
    };
    let packed = buffer(bmp.stride(), "a row of the BMP", limits)?;
    Ok(Box::new(Rows {
        plan,
        bmp,
        source,
        packed,
        indices: Vec::new(),
        row: 0,
        limits: limits.clone(),
    }))
}

struct Rows {
    plan: Plan,
    bmp: Bmp,
    source: Source,
    packed: Vec<u8>,
    /// All pixels, if they had to be unpacked.
    indices: Vec<u8>,
    row: u32,
    limits: Limits,
}

impl Raster for Rows {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let Samples::Eight(out) = band else { return Ok(()) };
        if self.bmp.packing == Packing::Runs && self.indices.is_empty() {
            self.indices = runs::unpack(&self.bmp, &self.source, &self.limits)?;
        }
        out.chunks_exact_mut(self.plan.row()).try_for_each(|row| self.next(row))
    }
}

impl Rows {
    fn next(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let (h, w) = (self.bmp.extent.h, self.bmp.extent.w as usize);
        let row = if self.bmp.from_above { self.row } else { h - 1 - self.row };
        self.row += 1;
        if self.bmp.packing == Packing::Runs {
            let indices = &self.indices[row as usize * w..][..w];
            self.look_up(indices.iter().copied(), out);
            return Ok(());
        }
        let at = u64::from(row)
            .checked_mul(self.bmp.stride())
            .and_then(|skip| skip.checked_add(self.bmp.at))
            .ok_or_else(|| damaged("the BMP's rows lie outside the file"))?;
        // The last row's padding may be missing.
        let used = (w * self.bmp.bits as usize).div_ceil(8);
        self.source.read_exact(at, &mut self.packed[..used])?;
        self.unpack(out);
        Ok(())
    }

    fn unpack(&self, out: &mut [u8]) {
        let pixels = out.chunks_exact_mut(self.plan.channels());
        match self.bmp.bits {
            24 => {
                for (out, bgr) in pixels.zip(self.packed.chunks_exact(3)) {
                    out.copy_from_slice(&[bgr[2], bgr[1], bgr[0]]);
                }
            }
            bits @ (16 | 32) => {
                let packed = self.packed.chunks_exact(bits as usize / 8);
                for (out, bytes) in pixels.zip(packed) {
                    let pixel = bytes.iter().rev().fold(0, |p, byte| p << 8 | u32::from(*byte));
                    for (place, mask) in out.iter_mut().zip(self.bmp.masks) {
                        *place = mask.level(pixel);
                    }
                }
            }
            bits => {
                let (per_byte, most) = (8 / bits as usize, (1_u16 << bits) - 1);
                let index = |x: usize| {
                    let shift = 8 - bits as usize * (x % per_byte + 1);
                    self.packed[x / per_byte] >> shift & most as u8
                };
                self.look_up((0..self.bmp.extent.w as usize).map(index), out);
            }
        }
    }

    /// An index beyond the palette is black.
    fn look_up(&self, indices: impl Iterator<Item = u8>, out: &mut [u8]) {
        let channels = self.plan.channels();
        for (place, index) in out.chunks_exact_mut(channels).zip(indices) {
            let color = self.bmp.palette.get(usize::from(index)).copied().unwrap_or_default();
            place.copy_from_slice(&color[..channels]);
        }
    }
}
