use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};

/// How many images were answered, how, and how fast; registered once, as looking a metric up by
/// its name costs more than counting.
pub(crate) struct Counters {
    grid: Metric,
    thumbnail: Metric,
    stitched: Metric,
    derivative: Metric,
    drawn: Metric,
    meanwhile: Metric,
}

/// How an image was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// Bytes of the pyramid.
    Grid,
    /// A thumbnail as it is stored.
    Thumbnail,
    /// Put together from rows of the pyramid, without decoding.
    Stitched,
    /// Drawn before.
    Derivative,
    Drawn,
    /// Drawn from an original whose pyramid is in the making.
    Meanwhile,
}

struct Metric {
    images: Counter,
    seconds: Histogram,
}

impl Metric {
    fn new(how: &'static str) -> Self {
        Self {
            images: counter!("recto_images_total", "how" => how),
            seconds: histogram!("recto_image_seconds", "how" => how),
        }
    }
}

impl Counters {
    pub(crate) fn register() -> Self {
        Self {
            grid: Metric::new("grid"),
            thumbnail: Metric::new("thumb"),
            stitched: Metric::new("stitched"),
            derivative: Metric::new("derivative"),
            drawn: Metric::new("drawn"),
            meanwhile: Metric::new("meanwhile"),
        }
    }

    pub(crate) fn count(&self, how: How, took: Duration) {
        let metric = match how {
            How::Grid => &self.grid,
            How::Thumbnail => &self.thumbnail,
            How::Stitched => &self.stitched,
            How::Derivative => &self.derivative,
            How::Drawn => &self.drawn,
            How::Meanwhile => &self.meanwhile,
        };
        metric.images.increment(1);
        metric.seconds.record(took);
    }
}
