use serde::{Deserialize, Serialize};

/// How large a page becomes: so many pixels an inch, as far as that is not too much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolution {
    pub dpi: f32,
    /// Pages that would become larger are drawn with fewer pixels an inch.
    pub max_pixels: u64,
    pub max_edge: u16,
}

/// What a PDF counts in: 72 of them are an inch.
const POINTS: f32 = 72.0;

impl Resolution {
    /// Width and height in pixels of a page whose size is given in points; `None` if it has none.
    pub(crate) fn pixels(&self, (w, h): (f32, f32)) -> Option<(u16, u16)> {
        let has_extent = |edge: f32| edge.is_finite() && edge > 0.0;
        if !has_extent(w) || !has_extent(h) || !has_extent(self.dpi) {
            return None;
        }
        let (w, h) = (f64::from(w), f64::from(h));
        let wanted = f64::from(self.dpi / POINTS);
        let by_edge = f64::from(self.max_edge) / w.max(h);
        let by_pixels = (self.max_pixels as f64 / (w * h)).sqrt();
        let scale = wanted.min(by_edge).min(by_pixels);
        let edge = |points: f64| (points * scale).round().clamp(1.0, f64::from(self.max_edge));
        Some((edge(w) as u16, edge(h) as u16))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A4: (f32, f32) = (595.0, 842.0);

    #[test]
    fn a_page_is_as_large_as_its_inches_unless_that_is_too_much() {
        let resolution = Resolution { dpi: 300.0, max_pixels: 100_000_000, max_edge: 20_000 };
        for (resolution, page, pixels) in [
            (resolution, A4, Some((2479, 3508))),
            (Resolution { dpi: 72.0, ..resolution }, A4, Some((595, 842))),
            (Resolution { max_edge: 842, ..resolution }, A4, Some((595, 842))),
            (Resolution { max_pixels: 595 * 842, ..resolution }, A4, Some((595, 842))),
            (resolution, (1e9, 1.0), Some((20_000, 1))),
            (resolution, (1e-9, 1e-9), Some((1, 1))),
            (resolution, (0.0, 842.0), None),
            (resolution, (f32::NAN, 842.0), None),
            (resolution, (f32::INFINITY, 842.0), None),
            (resolution, (-595.0, 842.0), None),
            (Resolution { dpi: 0.0, ..resolution }, A4, None),
        ] {
            assert_eq!(resolution.pixels(page), pixels, "{resolution:?} {page:?}");
        }
    }
}
