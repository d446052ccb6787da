use iiif::image::Extent;

use super::cut::{Emit, Piece};
use super::plan::PlannedLevel;
use crate::Error;
use crate::jpeg::{Encoder, Kind};
use crate::pyramid::Window;
use crate::steps::scale::Scaler;

/// The whole image at a size of its own, made from the smallest level that is large enough.
pub(super) struct Fitted {
    n: u32,
    pub(super) level: usize,
    stride: usize,
    scaler: Scaler,
    encoder: Encoder,
}

impl Fitted {
    pub(super) fn new(
        n: u32,
        extent: Extent,
        levels: &[PlannedLevel],
        kind: Kind,
    ) -> Result<Self, Error> {
        let is_enough =
            |level: &PlannedLevel| level.extent.w >= extent.w && level.extent.h >= extent.h;
        let level = levels.iter().rposition(is_enough).unwrap_or(0);
        let from = levels[level].extent;
        let scaler = Scaler::new(from, Window::whole(from), extent, kind.channels());
        let mut encoder = Encoder::new(kind)?;
        encoder.begin(extent)?;
        Ok(Self { n, level, stride: extent.w as usize * kind.channels(), scaler, encoder })
    }

    /// Takes the next rows of its level.
    pub(super) fn write(&mut self, rows: &[u8]) -> Result<(), Error> {
        let Self { scaler, encoder, stride, .. } = self;
        scaler.push(rows, &mut |rows| encoder.write(rows, *stride, rows.len() / *stride))
    }

    pub(super) fn end(mut self, emit: Emit<'_>) -> Result<(), Error> {
        self.encoder.end()?;
        emit(Piece::Fitted { n: self.n }, self.encoder.bytes())
    }
}
