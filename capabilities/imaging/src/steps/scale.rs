//! Cuts a window out of rows and brings it to another size, as the rows come.
//!
//! Pictures of any height pass through in bands. A band sees as many rows above and below it as
//! the filter reaches, so that no seam is left.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};
use iiif::image::Extent;

use crate::Error;
use crate::pyramid::Window;

/// Whom rows are given to.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(&[u8]) -> Result<(), Error>;

/// Answers are made in bands of about so many pixels.
const BAND: usize = 1 << 18;
/// How far Lanczos' filter reaches to each side, in pixels of the smaller picture.
pub(crate) const REACH: f64 = 3.0;

/// Rows in, other rows out. It makes gray and RGB alike.
pub(crate) struct Scaler {
    channels: usize,
    /// What comes in.
    from: Extent,
    window: Window,
    to: Extent,
    /// Rows that are still needed, and the number of the first one.
    kept: Vec<u8>,
    first: u32,
    /// How many rows have come, and how many were made.
    came: u32,
    made: u32,
    resizer: Resizer,
    band: Vec<u8>,
}

impl Scaler {
    /// The window lies inside of what comes in.
    pub(crate) fn new(from: Extent, window: Window, to: Extent, channels: usize) -> Self {
        Self {
            channels,
            from,
            window,
            to,
            kept: Vec::new(),
            first: 0,
            came: 0,
            made: 0,
            resizer: Resizer::new(),
            band: Vec::new(),
        }
    }

    /// Takes the next rows, and emits those that can be made from what has come.
    pub(crate) fn push(&mut self, rows: &[u8], emit: Emit<'_>) -> Result<(), Error> {
        if self.made == self.to.h {
            return Ok(());
        }
        if let Some((x, y)) = self.whole_pixels() {
            return self.cut(rows, x, y, emit);
        }
        let stride = self.stride();
        self.kept.extend_from_slice(rows);
        self.came += (rows.len() / stride) as u32;
        let band = ((BAND / self.to.w as usize).max(16)).min(self.to.h as usize) as u32;
        loop {
            let ready = self.ready();
            let is_enough = ready - self.made >= band || (ready == self.to.h && self.made < ready);
            if !is_enough {
                return Ok(());
            }
            self.make(band.min(ready - self.made), emit)?;
            self.forget();
        }
    }

    fn stride(&self) -> usize {
        self.from.w as usize * self.channels
    }

    /// Where the window begins, if nothing has to be scaled.
    fn whole_pixels(&self) -> Option<(u32, u32)> {
        let Window { x, y, w, h } = self.window;
        let is_same = w == f64::from(self.to.w) && h == f64::from(self.to.h);
        (is_same && x.fract() == 0.0 && y.fract() == 0.0).then_some((x as u32, y as u32))
    }

    fn cut(&mut self, rows: &[u8], x: u32, y: u32, emit: Emit<'_>) -> Result<(), Error> {
        let stride = self.stride();
        let number = self.came;
        self.came += (rows.len() / stride) as u32;
        let skip = (y.saturating_sub(number) as usize).min(rows.len() / stride);
        let take = (rows.len() / stride - skip).min((self.to.h - self.made) as usize);
        let rows = &rows[skip * stride..][..take * stride];
        self.made += take as u32;
        if self.to.w == self.from.w {
            return emit(rows);
        }
        let (start, length) = (x as usize * self.channels, self.to.w as usize * self.channels);
        self.band.clear();
        for row in rows.chunks_exact(stride) {
            self.band.extend_from_slice(&row[start..start + length]);
        }
        emit(&self.band)
    }

    fn scale(&self) -> f64 {
        self.window.h / f64::from(self.to.h)
    }

    fn reach(&self) -> f64 {
        REACH * self.scale().max(1.0)
    }

    fn center(&self, row: u32) -> f64 {
        self.window.y + (f64::from(row) + 0.5) * self.scale()
    }

    /// How many rows of the answer can be made.
    fn ready(&self) -> u32 {
        if self.came == self.from.h {
            return self.to.h;
        }
        let reached = f64::from(self.came) - self.reach() - self.window.y;
        let rows = (reached / self.scale() - 0.5).floor();
        (rows.max(0.0) as u32).clamp(self.made, self.to.h)
    }

    /// Makes the next `n` rows.
    fn make(&mut self, n: u32, emit: Emit<'_>) -> Result<(), Error> {
        let rows = (self.kept.len() / self.stride()) as u32;
        let h = f64::from(n) * self.scale();
        let y = self.window.y + f64::from(self.made) * self.scale() - f64::from(self.first);
        let (from, to) = (Extent::new(self.from.w, rows), Extent::new(self.to.w, n));
        let part = Window { y, h, ..self.window }.within(from);
        self.band.resize(to.w as usize * n as usize * self.channels, 0);
        let Self { resizer, kept, band, .. } = self;
        match self.channels {
            1 => resize::<U8>(resizer, kept, from, part, band, to)?,
            _ => resize::<U8x3>(resizer, kept, from, part, band, to)?,
        }
        self.made += n;
        emit(&self.band)
    }

    /// Drops the rows that no later row needs.
    fn forget(&mut self) {
        let needed = (self.center(self.made) - self.reach()).floor() - 1.0;
        let needed = (needed.max(0.0) as u32).clamp(self.first, self.came);
        self.kept.drain(..(needed - self.first) as usize * self.stride());
        self.first = needed;
    }
}

fn resize<P: PixelTrait>(
    resizer: &mut Resizer,
    pixels: &[u8],
    from: Extent,
    part: Window,
    out: &mut [u8],
    to: Extent,
) -> Result<(), Error> {
    let impossible = |_| Error::TooLarge(format!("scaling {from} to {to}"));
    let source = TypedImageRef::<P>::from_buffer(from.w, from.h, pixels).map_err(impossible)?;
    let mut target = TypedImage::<P>::from_buffer(to.w, to.h, out).map_err(impossible)?;
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(part.x, part.y, part.w, part.h)
        .use_alpha(false);
    resizer
        .resize_typed(&source, &mut target, &options)
        .map_err(|error| Error::TooLarge(format!("scaling {from} to {to}: {error}")))
}
