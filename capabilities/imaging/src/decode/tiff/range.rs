//! Which numbers are black and which are white, where the format doesn't say.
//!
//! - Unsigned numbers use all of their range, but nobody uses that of 64 bits.
//! - The tags SMinSampleValue and SMaxSampleValue decide, where a signed or floating-point file has both.
//! - Signed numbers of 8 bits are bytes, what is below zero being black, as libvips shows them.
//! - Else the numbers that the image holds decide:
//!   - floating point from 0 to 1 is taken at its word: colours as linear light (as libvips does), greys
//!     as they are; colours whose highlights go beyond 1 are cut there;
//!   - numbers from 0 to 255 are taken for bytes (as libvips and Pillow do);
//!   - all others are stretched from the least to the greatest, GDAL's "no data" left out. (libvips
//!     and Pillow cut them at 0 and 255, which leaves nothing to be seen.)

use super::layout::{Format, Layout, Photometric};

/// A straight line from samples to 0…65535, perhaps followed by sRGB's curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range {
    black: f64,
    white: f64,
    linear_light: bool,
}

impl Default for Range {
    fn default() -> Self {
        Self { black: 0.0, white: 1.0, linear_light: false }
    }
}

impl Range {
    pub(super) fn new(black: f64, white: f64) -> Self {
        Self { black, white, linear_light: false }
    }

    /// The range that needs no look at the image, if there is one.
    pub(super) fn known(layout: &Layout, least: &[f64], greatest: &[f64]) -> Option<Self> {
        if layout.format == Format::Unsigned && layout.bits < 64 {
            return Some(Self::new(0.0, (layout.bits as f64).exp2() - 1.0));
        }
        match (least.first(), greatest.first()) {
            (Some(least), Some(greatest)) if least < greatest => Some(Self::new(*least, *greatest)),
            _ if layout.format == Format::Signed && layout.bits == 8 => Some(Self::new(0.0, 255.0)),
            _ => None,
        }
    }

    pub(super) fn place(self, value: f64) -> u16 {
        let t = (value - self.black) / (self.white - self.black);
        let t = if self.linear_light { encode(t.clamp(0.0, 1.0)) } else { t };
        (t * 65535.0 + 0.5) as u16 // saturates, and what is no number becomes black
    }
}

/// Linear light to sRGB.
pub(super) fn encode(t: f64) -> f64 {
    if t <= 0.003_130_8 { 12.92 * t } else { 1.055 * t.powf(1.0 / 2.4) - 0.055 }
}

/// What the numbers of an image are like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    least: f64,
    greatest: f64,
    sum: f64,
    count: f64,
    no_data: Option<f64>,
}

impl Measure {
    pub(super) fn new(no_data: Option<f64>) -> Self {
        Self { least: f64::INFINITY, greatest: f64::NEG_INFINITY, sum: 0.0, count: 0.0, no_data }
    }

    pub(super) fn add(&mut self, value: f64) {
        if value.is_finite() && self.no_data != Some(value) {
            self.least = self.least.min(value);
            self.greatest = self.greatest.max(value);
            self.sum += value;
            self.count += 1.0;
        }
    }

    pub(super) fn range(&self, layout: &Layout) -> Range {
        let Self { least, greatest, .. } = *self;
        if least > greatest {
            return Range::default(); // not one number
        }
        if layout.format == Format::Float && least >= -0.01 {
            let colours = layout.photometric == Photometric::Rgb;
            let highlights = colours && self.sum / self.count <= 0.5;
            if greatest <= 1.01 || highlights {
                return Range { black: 0.0, white: 1.0, linear_light: colours };
            }
        }
        if least >= -0.01 && greatest <= 255.5 {
            return Range::new(0.0, 255.0);
        }
        if least == greatest {
            // A flat image is as dark as its number is small.
            return if least > 0.0 {
                Range::new(least - 1.0, least)
            } else {
                Range::new(least, least + 1.0)
            };
        }
        Range::new(least, greatest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_saturates_and_survives_what_is_no_number() {
        let range = Range::new(-10.0, 10.0);
        let placed = [-20.0, -10.0, 0.0, 10.0, f64::INFINITY, f64::NAN].map(|v| range.place(v));
        assert_eq!(placed, [0, 0, 32768, 65535, 65535, 0]);
    }
}
