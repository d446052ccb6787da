//! From a pixel's samples, each of full range, to colours and opacity.

use super::super::problem::unsupported;
use super::super::raster::Space;
use super::layout::{Layout, Photometric};
use super::ycbcr::YCbCr;
use crate::Error;

/// A byte or two of them.
pub(super) trait Level: Copy + Default {
    const MAX: u32;
    fn get(self) -> u32;
    fn put(value: u32) -> Self;
}

impl Level for u8 {
    const MAX: u32 = 255;
    fn get(self) -> u32 {
        u32::from(self)
    }
    fn put(value: u32) -> Self {
        value.min(Self::MAX.into()) as Self
    }
}

impl Level for u16 {
    const MAX: u32 = 65535;
    fn get(self) -> u32 {
        u32::from(self)
    }
    fn put(value: u32) -> Self {
        value.min(Self::MAX.into()) as Self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alpha {
    Straight,
    /// The colours were multiplied by it.
    Associated,
}

/// Which samples are used, and what is done to them.
#[derive(Clone, Debug)]
pub(super) struct Pixels {
    photometric: Photometric,
    samples: usize,
    colors: usize,
    pub(super) space: Space,
    pub(super) alpha: Option<Alpha>,
    wide_lab: bool,
    ycbcr: Option<YCbCr>,
}

impl Pixels {
    pub(super) fn new(layout: &Layout, ycbcr: Option<YCbCr>) -> Result<Self, Error> {
        let space = match layout.photometric {
            // Two inks or one can't be told apart from grey, only upside down.
            Photometric::Separated if layout.samples < 3 => Space::Gray,
            Photometric::WhiteIsZero | Photometric::BlackIsZero | Photometric::LogL => Space::Gray,
            Photometric::Separated => Space::Cmyk,
            Photometric::CieLab | Photometric::IccLab | Photometric::ItuLab => Space::Lab,
            Photometric::Rgb | Photometric::YCbCr | Photometric::LogLuv | Photometric::Palette => {
                Space::Rgb
            }
        };
        let one = matches!(layout.photometric, Photometric::Palette | Photometric::LogLuv);
        let colors = if one { 1 } else { space.channels() };
        if layout.samples < colors && space != Space::Cmyk {
            return Err(unsupported(format!(
                "a TIFF with {} samples in a pixel where {colors} are needed",
                layout.samples
            )));
        }
        if space == Space::Lab && !matches!(layout.bits, 8 | 16) {
            return Err(unsupported(format!("a Lab TIFF with {} bits in a sample", layout.bits)));
        }
        let alpha = alpha(layout, colors);
        let wide_lab = layout.bits == 16;
        let (photometric, samples) = (layout.photometric, layout.samples);
        Ok(Self { photometric, samples, colors, space, alpha, wide_lab, ycbcr })
    }

    pub(super) fn channels(&self) -> usize {
        self.space.channels() + usize::from(self.alpha.is_some())
    }

    /// Samples that matter, the first ones.
    pub(super) fn used(&self) -> usize {
        self.colors + usize::from(self.alpha.is_some())
    }

    /// Whether samples lie as the pixels do, so that none need to be moved.
    pub(super) fn in_place(&self) -> bool {
        self.samples == self.channels() && self.colors == self.space.channels()
    }

    /// Whether samples are the pixels.
    pub(super) fn as_they_are(&self) -> bool {
        self.in_place()
            && self.alpha != Some(Alpha::Associated)
            && matches!(
                self.photometric,
                Photometric::BlackIsZero | Photometric::Rgb | Photometric::Separated
            )
            && !(self.photometric == Photometric::Separated && self.space == Space::Gray)
    }

    /// Picks the colours and the opacity from all samples; colours that are missing are zero.
    pub(super) fn pick<T: Level>(&self, samples: &[T], out: &mut [T]) {
        let channels = self.space.channels();
        let pixels = samples.chunks_exact(self.samples);
        for (pixel, out) in pixels.zip(out.chunks_exact_mut(self.channels())) {
            for (place, channel) in out[..channels].iter_mut().enumerate() {
                *channel = pixel.get(place).copied().unwrap_or_default();
            }
            if let Some(opacity) = out.get_mut(channels) {
                *opacity = pixel[self.colors];
            }
        }
    }

    /// Turns samples into colours where they lie.
    pub(super) fn finish<T: Level>(&self, row: &mut [T]) {
        let (n, channels) = (self.channels(), self.space.channels());
        match (self.photometric, self.space) {
            (Photometric::WhiteIsZero, _) | (Photometric::Separated, Space::Gray) => {
                row.iter_mut().step_by(n).for_each(|s| *s = T::put(T::MAX - s.get()));
            }
            (Photometric::YCbCr, _) => row.chunks_exact_mut(n).for_each(|pixel| self.ycbcr(pixel)),
            (_, Space::Lab) => row.chunks_exact_mut(n).for_each(|pixel| self.lab(pixel)),
            _ => {}
        }
        if self.alpha == Some(Alpha::Associated) {
            row.chunks_exact_mut(n).for_each(|pixel| unassociate(pixel, channels));
        }
    }

    fn ycbcr<T: Level>(&self, pixel: &mut [T]) {
        let Some(ycbcr) = &self.ycbcr else { return };
        let unit = T::MAX as f32 / 255.0;
        let ycc = [0, 1, 2].map(|i| pixel[i].get() as f32 / unit);
        for (place, color) in pixel.iter_mut().zip(ycbcr.rgb(ycc)) {
            *place = T::put((color * unit + 0.5) as u32);
        }
    }

    /// To ICC's encoding of 16 bits. Here a byte has become both bytes of its word.
    fn lab<T: Level>(&self, pixel: &mut [T]) {
        let from_256 = |v: u32| (v * 257 + 128) / 256;
        if self.photometric == Photometric::ItuLab {
            // Its usual ranges: 170 steps of a around 128 of 255, and 200 of b around 96.
            let stretch = |v: u32, from: f32, span: f32| {
                let value = from + v as f32 / T::MAX as f32 * span;
                T::put(((value + 128.0) / 255.0 * T::MAX as f32 + 0.5) as u32)
            };
            pixel[1] = stretch(pixel[1].get(), -128.0 * 170.0 / 255.0, 170.0);
            pixel[2] = stretch(pixel[2].get(), -96.0 * 200.0 / 255.0, 200.0);
            return;
        }
        if self.photometric == Photometric::CieLab {
            // Its a and b have signs.
            let sign = if self.wide_lab { 0x8000 } else { 0x8080 };
            pixel[1..3].iter_mut().for_each(|c| *c = T::put(c.get() ^ sign));
        }
        if self.wide_lab {
            // Steps of 1/256, as in ICC version 2; only CIELab's L uses the full range.
            let first = usize::from(self.photometric == Photometric::CieLab);
            pixel[first..3].iter_mut().for_each(|c| *c = T::put(from_256(c.get())));
        }
    }
}

/// The first extra sample is opacity if the file says so, or if it says nothing and there is just one.
fn alpha(layout: &Layout, colors: usize) -> Option<Alpha> {
    if layout.samples <= colors {
        return None;
    }
    match layout.extra.as_deref() {
        Some([1, ..]) => Some(Alpha::Associated),
        Some([2 | 999, ..]) => Some(Alpha::Straight), // 999 is Corel Draw's
        Some(_) => None,
        None => {
            let usual = matches!(layout.photometric, Photometric::Rgb | Photometric::BlackIsZero);
            (usual && layout.samples == colors + 1).then_some(Alpha::Straight)
        }
    }
}

fn unassociate<T: Level>(pixel: &mut [T], channels: usize) {
    let opacity = pixel[channels].get();
    if opacity == 0 || opacity == T::MAX {
        return;
    }
    for color in &mut pixel[..channels] {
        let full = (u64::from(color.get()) * u64::from(T::MAX) + u64::from(opacity) / 2)
            / u64::from(opacity);
        *color = T::put(full.min(u64::from(T::MAX)) as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn associated_opacity_is_divided_out() {
        let mut pixel = [64_u8, 0, 128, 128];
        unassociate(&mut pixel, 3);
        assert_eq!(pixel, [128, 0, 255, 128]);
        let mut clear = [7_u16, 7, 7, 0];
        unassociate(&mut clear, 3);
        assert_eq!(clear, [7, 7, 7, 0]);
    }
}
