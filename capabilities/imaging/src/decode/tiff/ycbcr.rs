//! YCbCr that was not compressed as JPEG: colours from luma and chroma, and shared chroma samples.

use super::super::problem::damaged;
use super::ifd::Directory;
use super::tags;
use crate::Error;

/// How luma and chroma make colours, in steps of 255.
#[derive(Clone, Copy, Debug)]
pub(super) struct YCbCr {
    luma: [f32; 3],
    /// Where black and white are in each channel; chroma has grey and its extreme.
    black: [f32; 3],
    scale: [f32; 3],
}

impl YCbCr {
    pub(super) fn read(page: &Directory) -> Result<Self, Error> {
        let luma = page.reals(tags::YCBCR_COEFFICIENTS, 3)?;
        let luma = if luma.len() == 3 { luma } else { vec![0.299, 0.587, 0.114] };
        let ends = page.reals(tags::REFERENCE_BLACK_WHITE, 6)?;
        let usual = vec![0.0, 255.0, 128.0, 255.0, 128.0, 255.0];
        let ends = if ends.len() == 6 { ends } else { usual };
        let (black, span) = ([ends[0], ends[2], ends[4]], [255.0, 127.0, 127.0]);
        let scale = [0, 1, 2].map(|i| span[i] / (ends[2 * i + 1] - ends[2 * i]));
        let sound = luma.iter().chain(&black).chain(&scale).all(|n| n.is_finite());
        if !sound || luma[1] == 0.0 {
            return Err(damaged("the TIFF's YCbCr coefficients make no sense"));
        }
        let single = |values: [f64; 3]| values.map(|value| value as f32);
        Ok(Self {
            luma: single([luma[0], luma[1], luma[2]]),
            black: single(black),
            scale: single(scale),
        })
    }

    /// From and to 0…255.
    pub(super) fn rgb(&self, ycc: [f32; 3]) -> [f32; 3] {
        let [y, cb, cr] = [0, 1, 2].map(|i| (ycc[i] - self.black[i]) * self.scale[i]);
        let [kr, kg, kb] = self.luma;
        let r = y + cr * (2.0 - 2.0 * kr);
        let b = y + cb * (2.0 - 2.0 * kb);
        [r, (y - kb * b - kr * r) / kg, b]
    }

    pub(super) fn bytes(&self, y: u8, cb: u8, cr: u8) -> [u8; 3] {
        self.rgb([y, cb, cr].map(f32::from)).map(|c| (c + 0.5) as u8)
    }

    /// Unpacks a line of units (their lumas, then both chromas) into rows of RGB.
    pub(super) fn unpack(&self, units: &[u8], subsampling: (u32, u32), w: usize, rows: &mut [u8]) {
        let (across, down) = (subsampling.0 as usize, subsampling.1 as usize);
        let size = across * down + 2;
        for (i, unit) in units.chunks_exact(size).enumerate() {
            for (place, y) in unit[..size - 2].iter().enumerate() {
                let (x, row) = (i * across + place % across, place / across);
                let at = (row * w + x) * 3;
                if x < w && at + 3 <= rows.len() {
                    let color = self.bytes(*y, unit[size - 2], unit[size - 1]);
                    rows[at..at + 3].copy_from_slice(&color);
                }
            }
        }
    }
}
