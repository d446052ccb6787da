use super::cut::{Emit, Piece};
use crate::Error;
use crate::jpeg::{Encoder, Kind};
use iiif::image::Extent;

/// A level as one file, which is handed on in parts.
pub(super) struct Whole {
    level: u32,
    encoder: Encoder,
    stride: usize,
}

/// The smallest part that is worth handing on.
const PART: usize = 256 * 1024;

impl Whole {
    pub(super) fn new(level: u32, extent: Extent, kind: Kind) -> Result<Self, Error> {
        let mut encoder = Encoder::new(kind)?;
        encoder.begin(extent)?;
        Ok(Self { level, encoder, stride: extent.w as usize * kind.channels() })
    }

    pub(super) fn write(&mut self, rows: &[u8]) -> Result<(), Error> {
        self.encoder.write(rows, self.stride, rows.len() / self.stride)
    }

    /// Hands on what has been written, if it's enough.
    pub(super) fn hand_on(&mut self, emit: Emit<'_>) -> Result<(), Error> {
        if self.encoder.bytes().len() >= PART {
            emit(Piece::WholePart { level: self.level }, self.encoder.bytes())?;
            self.encoder.drained();
        }
        Ok(())
    }

    pub(super) fn end(mut self, emit: Emit<'_>) -> Result<(), Error> {
        self.encoder.end()?;
        emit(Piece::WholeEnd { level: self.level }, self.encoder.bytes())
    }
}
