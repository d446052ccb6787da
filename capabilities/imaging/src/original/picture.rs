use std::fs::File;

use iiif::image::{Drawing, Quality, Rect};

use super::outline::Outline;
use super::window::{Stage, stage};
use crate::decode::{FromTop, InPlace, Layout, Rows};
use crate::draw::{admit, finish};
use crate::pyramid::Window;
use crate::steps::flatten::{flat, flatten};
use crate::steps::gray::gray;
use crate::steps::mirror::Mirror;
use crate::steps::scale::{Emit, Scaler};
use crate::{DrawSettings, Error, Limits};

/// Pixels that are decoded at once; more rows are a waste of memory, fewer one of time.
const BAND: usize = 1 << 18;

/// An original that is open, with its index.
pub struct Original {
    file: Readable,
    outline: Outline,
}

enum Readable {
    InPlace(Box<InPlace>),
    FromTop(FromTop),
}

impl Original {
    /// Reads the index; a file that can't be drawn in parts is [`Error::NotReady`].
    pub fn open(file: File, limits: &Limits) -> Result<Self, Error> {
        Self::in_place(InPlace::open(file, limits)?)
    }

    pub(super) fn in_place(file: InPlace) -> Result<Self, Error> {
        let outline = Outline::of(&file)?.check()?;
        Ok(Self { file: Readable::InPlace(Box::new(file)), outline })
    }

    /// Opens a file that need not be ready: every picture decodes it from the top, in a smaller size if it can.
    pub fn open_from_top(file: File, limits: &Limits) -> Result<Self, Error> {
        let file = FromTop::open(file, limits)?;
        let outline = Outline::from_top(&file).check()?;
        Ok(Self { file: Readable::FromTop(file), outline })
    }

    pub fn outline(&self) -> &Outline {
        &self.outline
    }

    /// Makes a picture, from no more of the file than it needs.
    pub fn draw(&self, drawing: &Drawing, settings: &DrawSettings) -> Result<Vec<u8>, Error> {
        self.check(drawing, settings)?;
        let Stage { level, window, part } = stage(&self.outline, drawing);
        let (rows, part) = match &self.file {
            Readable::InPlace(file) => file.part(level, part)?,
            Readable::FromTop(file) => file.part(level, part)?,
        };
        let wants_gray = matches!(drawing.quality, Quality::Gray | Quality::Bitonal);
        let mut source = Bands::new(rows, window, part, wants_gray);
        let layout = source.layout;
        finish(drawing, layout, settings, &mut |emit| source.scaled(drawing, emit))
    }

    fn check(&self, drawing: &Drawing, settings: &DrawSettings) -> Result<(), Error> {
        let Rect { x, y, w, h } = drawing.region;
        let is_inside = |start: u32, length: u32, side: u32| {
            length > 0 && u64::from(start) + u64::from(length) <= side.into()
        };
        let extent = self.outline.extent;
        let is_sound = is_inside(x, w, extent.w) && is_inside(y, h, extent.h);
        if drawing.source != extent || !is_sound || drawing.size.is_empty() {
            return Err(Error::Settings("the drawing is of another image".to_owned()));
        }
        admit(self.outline.memory_cost(drawing), settings)
    }
}

/// The rows of a part, so many at a time, on white.
struct Bands {
    rows: Box<dyn Rows>,
    part: Rect,
    /// What is drawn, counted from the top left of the part.
    window: Window,
    /// Of the rows as they are given on.
    layout: Layout,
    raw: Vec<u8>,
    flat: Vec<u8>,
    gray: Vec<u8>,
}

impl Bands {
    fn new(rows: Box<dyn Rows>, window: Window, part: Rect, wants_gray: bool) -> Self {
        let (x, y) = (f64::from(part.x), f64::from(part.y));
        let window = Window { x: window.x - x, y: window.y - y, ..window }.within(part.extent());
        let flat = flat(rows.header().layout);
        let layout = if wants_gray { Layout::Gray } else { flat };
        Self { rows, part, window, layout, raw: Vec::new(), flat: Vec::new(), gray: Vec::new() }
    }

    /// Gives all rows, scaled and mirrored.
    fn scaled(&mut self, drawing: &Drawing, emit: Emit<'_>) -> Result<(), Error> {
        let channels = self.layout.channels();
        let mut scaler = Scaler::new(self.part.extent(), self.window, drawing.size, channels);
        let mut mirror = Mirror::new(drawing, channels);
        let mut made = 0;
        let whole = drawing.size.w as usize * drawing.size.h as usize * channels;
        let at_once = (BAND as u32 / self.part.w).clamp(16, 1024);
        for y in (0..self.part.h).step_by(at_once as usize) {
            let band = self.next(at_once.min(self.part.h - y))?;
            scaler.push(band, &mut |rows| {
                made += rows.len();
                emit(mirror.rows(rows))
            })?;
            // Rows below the window need not be decoded.
            if made >= whole {
                break;
            }
        }
        Ok(())
    }

    fn next(&mut self, n: u32) -> Result<&[u8], Error> {
        let stored = self.rows.header().layout;
        self.raw.resize(n as usize * self.rows.header().row(), 0);
        self.rows.read(&mut self.raw)?;
        let is_flat = flat(stored) == stored;
        if !is_flat {
            flatten(&self.raw, stored, &mut self.flat);
        }
        let colours = if is_flat { &self.raw } else { &self.flat };
        if flat(stored) == self.layout {
            return Ok(colours);
        }
        gray(colours, &mut self.gray);
        Ok(&self.gray)
    }
}
