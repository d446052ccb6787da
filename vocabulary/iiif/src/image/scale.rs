//! From a size as it is asked for to two whole numbers: all the rounding that there is.
//!
//! One rule serves every form, so that spellings of one picture come to one picture:
//!
//! 1. A region that covers whole pixels of a level of the pyramid (the image halved again and
//!    again, sides rounded up), asked for at the width or height of that level, *is* that level's
//!    part. Sizes in `info.json` and tiles at the edge, which viewers of version 2.1 ask for as
//!    `w,`, are such; else they would miss the stored pixels by one.
//! 2. Everything else keeps the proportions, rounded to the nearest pixel, never below one.

use super::{Extent, Rect, Size, SizeForm};

/// Two sides before anyone has said that they are not too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub(super) w: u64,
    pub(super) h: u64,
}

impl Sides {
    pub(super) fn extent(self) -> Option<Extent> {
        Some(Extent { w: self.w.try_into().ok()?, h: self.h.try_into().ok()? })
    }

    fn area(self) -> u128 {
        u128::from(self.w) * u128::from(self.h)
    }

    fn turned(self) -> Self {
        Self { w: self.h, h: self.w }
    }
}

impl From<Extent> for Sides {
    fn from(extent: Extent) -> Self {
        Self { w: extent.w.into(), h: extent.h.into() }
    }
}

/// What a result has to stay within; `u64::MAX` where nothing bounds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) w: u64,
    pub(super) h: u64,
    pub(super) area: u64,
}

impl Bounds {
    pub(super) const NONE: Self = Self { w: u64::MAX, h: u64::MAX, area: u64::MAX };

    pub(super) fn and(self, sides: impl Into<Sides>) -> Self {
        let Sides { w, h } = sides.into();
        Self { w: self.w.min(w), h: self.h.min(h), ..self }
    }
}

/// A part of an image that is about to be scaled; neither is empty.
#[derive(Clone, Copy)]
pub(super) struct Scaling {
    pub(super) region: Rect,
    pub(super) source: Extent,
}

impl Scaling {
    pub(super) fn whole(source: Extent) -> Self {
        Self { region: Rect::whole(source), source }
    }

    /// What a size comes to. `bounds` holds back the forms that ask for the most that there is.
    pub(super) fn sides(&self, form: SizeForm, bounds: Bounds) -> Sides {
        match form {
            SizeForm::Max => self.fitted(bounds),
            SizeForm::Width(w) => self.by_width(w),
            SizeForm::Height(h) => self.by_height(h),
            SizeForm::Percent(n) => self.by_percent(n),
            SizeForm::Exact { w, h } => Sides { w, h },
            SizeForm::Confined { w, h } => self.fitted(bounds.and(Sides { w, h })),
        }
    }

    pub(super) fn by_width(&self, w: u64) -> Sides {
        let Rect { w: rw, h: rh, .. } = self.region;
        self.levels()
            .map(|(_, level)| level)
            .find(|level| level.w == w)
            .unwrap_or_else(|| Sides { w, h: proportional(w, rw, rh) })
    }

    fn by_height(self, h: u64) -> Sides {
        self.turned().by_width(h).turned()
    }

    /// May come to nothing.
    fn by_percent(self, n: f64) -> Sides {
        let side = |side: u32| (f64::from(side) * n / 100.0).round() as u64;
        self.levels()
            .find(|(scale_factor, _)| n * f64::from(*scale_factor) == 100.0)
            .map_or(Sides { w: side(self.region.w), h: side(self.region.h) }, |(_, level)| level)
    }

    /// The largest with the region's proportions; the region itself where nothing bounds it.
    fn fitted(&self, bounds: Bounds) -> Sides {
        let confined = match (bounds.w, bounds.h) {
            (u64::MAX, u64::MAX) if bounds.area == u64::MAX => self.region.extent().into(),
            (u64::MAX, u64::MAX) => Sides { w: u64::MAX, h: u64::MAX },
            (w, h) => self.confined_to(w, h),
        };
        if confined.area() <= u128::from(bounds.area) {
            confined
        } else {
            self.below_area(bounds.area, confined)
        }
    }

    fn confined_to(self, w: u64, h: u64) -> Sides {
        let (rw, rh) = (u128::from(self.region.w), u128::from(self.region.h));
        if u128::from(w) * rh <= u128::from(h) * rw { self.by_width(w) } else { self.by_height(h) }
    }

    fn below_area(self, area: u64, start: Sides) -> Sides {
        if self.region.h > self.region.w {
            return self.turned().below_area(area, start.turned()).turned();
        }
        let square = u128::from(area) * u128::from(self.region.w) / u128::from(self.region.h);
        let w = u64::try_from(square.isqrt()).unwrap_or(u64::MAX).clamp(1, start.w);
        let Sides { w, h } = self.by_width(w);
        let h = if u128::from(w) * u128::from(h) > u128::from(area) { h - 1 } else { h };
        let h = h.clamp(1, start.h);
        Sides { w: w.min(area / h), h }
    }

    /// The region in each level of which it covers whole pixels, with the level's scale factor.
    fn levels(&self) -> impl Iterator<Item = (u32, Sides)> + use<> {
        let Self { region, source } = *self;
        (0..u32::BITS)
            .map(|halvings| 1 << halvings)
            .take_while(move |scale| {
                *scale <= source.longest_edge()
                    && is_whole(region.x, region.w, source.w, *scale)
                    && is_whole(region.y, region.h, source.h, *scale)
            })
            .map(move |scale| {
                let [w, h] = [region.w, region.h].map(|side| side.div_ceil(scale).into());
                (scale, Sides { w, h })
            })
    }

    fn turned(self) -> Self {
        let Rect { x, y, w, h } = self.region;
        Self { region: Rect { x: y, y: x, w: h, h: w }, source: self.source.turned() }
    }
}

/// The last pixel of a level may stand for less than `scale` pixels of the image.
fn is_whole(start: u32, length: u32, end: u32, scale: u32) -> bool {
    start.is_multiple_of(scale) && (length.is_multiple_of(scale) || end - start == length)
}

/// `other`, scaled as `of` is when it becomes `side`.
fn proportional(side: u64, of: u32, other: u32) -> u64 {
    let (side, of, other) = (u128::from(side), u128::from(of), u128::from(other));
    let rounded = (side * other + of / 2) / of;
    u64::try_from(rounded).unwrap_or(u64::MAX).max(1)
}

/// The largest extent with the proportions of `source` inside a box; never larger than `source`.
pub fn confined(source: Extent, w: u32, h: u32) -> Extent {
    if source.is_empty() {
        return source;
    }
    let bounds = Bounds::NONE.and(source).and(Extent { w: w.max(1), h: h.max(1) });
    Scaling::whole(source).fitted(bounds).extent().unwrap_or(source)
}

/// What a thumbnail policy such as `!400,400` comes to; nothing if it isn't smaller than the image.
pub fn thumbnail_extent(size: &Size, source: Extent) -> Option<Extent> {
    if source.is_empty() {
        return None;
    }
    let thumbnail = Scaling::whole(source).sides(size.form, Bounds::NONE).extent()?;
    let fits = thumbnail.w <= source.w && thumbnail.h <= source.h;
    (fits && thumbnail != source && !thumbnail.is_empty()).then_some(thumbnail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Version;

    fn size(text: &str) -> Size {
        Size::parse(text, Version::V3).unwrap()
    }

    #[test]
    fn a_thumbnail_is_smaller_than_its_image_or_is_not_made() {
        for (text, source, thumbnail) in [
            ("!400,400", (6000, 4000), Some((400, 267))),
            ("!400,400", (4000, 6000), Some((267, 400))),
            ("^!400,400", (6000, 4000), Some((400, 267))),
            ("400,", (6000, 4000), Some((400, 267))),
            (",400", (6000, 4000), Some((600, 400))),
            ("^,400", (6000, 4000), Some((600, 400))),
            ("pct:10", (6000, 4000), Some((600, 400))),
            ("100,100", (6000, 4000), Some((100, 100))),
            ("400,", (6000, 1), Some((400, 1))),
            ("!400,400", (300, 200), None),
            ("^!400,400", (300, 200), None),
            ("!400,400", (400, 300), None),
            ("400,", (400, 300), None),
            ("max", (6000, 4000), None),
            ("^max", (6000, 4000), None),
            ("0,", (6000, 4000), None),
            ("!0,10", (6000, 4000), None),
            ("pct:0.001", (6000, 4000), None),
            ("99999999999,", (6000, 4000), None),
            ("!400,400", (0, 0), None),
        ] {
            let source = Extent::new(source.0, source.1);
            let expected = thumbnail.map(|(w, h)| Extent::new(w, h));
            assert_eq!(thumbnail_extent(&size(text), source), expected, "{text} of {source}");
        }
    }

    #[test]
    fn confined_never_enlarges_and_never_vanishes() {
        for (source, w, h, expected) in [
            ((6000, 4000), 200, 200, (200, 133)),
            ((300, 200), 400, 400, (300, 200)),
            ((100_000, 1), 10, 10, (10, 1)),
            ((6000, 4000), 0, 0, (1, 1)),
            ((0, 0), 10, 10, (0, 0)),
            ((u32::MAX, u32::MAX), u32::MAX, 1, (1, 1)),
        ] {
            let source = Extent::new(source.0, source.1);
            let expected = Extent::new(expected.0, expected.1);
            assert_eq!(confined(source, w, h), expected, "{source} in {w},{h}");
        }
    }

    #[test]
    fn an_edge_tile_asked_by_its_width_is_the_tile() {
        let source = Extent::new(6001, 4001);
        for (region, w, expected) in [
            // Proportions alone would give 513, 527 and 1000.
            (Rect { x: 4096, y: 0, w: 1905, h: 2048 }, 477, (477, 512)),
            (Rect { x: 5900, y: 0, w: 101, h: 2048 }, 26, (26, 512)),
            (Rect::whole(source), 1501, (1501, 1001)),
            // Not on the grid: the same region, one pixel off.
            (Rect { x: 4095, y: 0, w: 1905, h: 2048 }, 477, (477, 513)),
        ] {
            let sides = Scaling { region, source }.by_width(w);
            assert_eq!(sides, Sides { w: expected.0, h: expected.1 }, "{region}/{w},");
        }
    }
}
