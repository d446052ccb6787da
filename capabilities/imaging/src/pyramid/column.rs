use iiif::image::Extent;

use super::row_table;
use crate::Error;
use crate::jpeg::{Encoder, Kind};

/// A tile under construction: where it begins in a row, and what encodes it.
///
/// Rows go to the encoder as they come, so that no level is ever kept in pixels.
pub(super) struct Column {
    /// Its first pixel.
    x: u32,
    /// Its width inside the image.
    w: u32,
    tile: u32,
    channels: usize,
    padded: Encoder,
    /// The same, cut at the edge of the image.
    cropped: Option<Encoder>,
    kind: Kind,
    is_edge: bool,
    wide: Vec<u8>,
}

impl Column {
    pub(super) fn new(x: u32, w: u32, tile: u32, kind: Kind) -> Result<Self, Error> {
        let padded = Encoder::new(kind)?;
        let channels = kind.channels();
        let (cropped, is_edge, wide) = (None, false, Vec::new());
        Ok(Self { x, w, tile, channels, padded, cropped, kind, is_edge, wide })
    }

    /// Begins the tile of the next row of tiles, of which `h` rows lie inside the image.
    pub(super) fn begin(&mut self, h: u32) -> Result<(), Error> {
        self.padded.begin_abbreviated(Extent::new(self.tile, self.tile))?;
        self.is_edge = self.w < self.tile || h < self.tile;
        if self.is_edge {
            if self.cropped.is_none() {
                self.cropped = Some(Encoder::new(self.kind)?);
            }
            if let Some(cropped) = &mut self.cropped {
                cropped.begin_abbreviated(Extent::new(self.w, h))?;
            }
        }
        Ok(())
    }

    /// Takes its part of whole rows of the level.
    pub(super) fn write(&mut self, rows: &[u8], stride: usize) -> Result<(), Error> {
        let n = rows.len() / stride;
        let part = &rows[self.x as usize * self.channels..];
        if let Some(cropped) = self.cropped.as_mut().filter(|_| self.is_edge) {
            cropped.write(part, stride, n)?;
        }
        if self.w == self.tile {
            return self.padded.write(part, stride, n);
        }
        let row = self.tile as usize * self.channels;
        self.wide.resize(n * row, FILLING);
        for (part, wide) in part.chunks(stride).zip(self.wide.chunks_exact_mut(row)) {
            widen(&part[..self.w as usize * self.channels], self.channels, wide);
        }
        self.padded.write(&self.wide, row, n)
    }

    /// Ends the tile after `h` rows, whose last one is at the end of `rows`.
    pub(super) fn end(&mut self, rows: &[u8], stride: usize, h: u32) -> Result<(), Error> {
        if let Some(cropped) = self.cropped.as_mut().filter(|_| self.is_edge) {
            cropped.end()?;
        }
        if h < self.tile {
            let part = &rows[rows.len() - stride..][self.x as usize * self.channels..];
            let part = &part[..self.w as usize * self.channels];
            self.wide.resize(self.tile as usize * self.channels, FILLING);
            widen(part, self.channels, &mut self.wide);
            let repeated = repeated(h).min(self.tile);
            self.padded.repeat(&self.wide, (repeated - h) as usize)?;
            self.wide.fill(FILLING);
            self.padded.repeat(&self.wide, (self.tile - repeated) as usize)?;
            self.wide.clear();
        }
        self.padded.end()
    }

    /// What was made: the tile, and after it the tile cut to its true extent if that differs.
    pub(super) fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.padded).chain(self.true_one()).map(Encoder::bytes)
    }

    /// What stands behind the pieces: how the rows of the last one end.
    pub(super) fn row_table(&self) -> Result<Vec<u8>, Error> {
        row_table::write(&self.true_one().unwrap_or(&self.padded).row_ends()?)
    }

    fn true_one(&self) -> Option<&Encoder> {
        self.cropped.as_ref().filter(|_| self.is_edge)
    }
}

/// What is far from the image: a shade that costs next to nothing.
const FILLING: u8 = 128;

/// How far the edge of an image is repeated: to the end of the block in which the last colours are
/// mixed, so that nothing else shines in.
fn repeated(side: u32) -> u32 {
    (side + 2).next_multiple_of(16)
}

/// Repeats the last pixel of a part in a wider row, which is filled already.
fn widen(part: &[u8], channels: usize, wide: &mut [u8]) {
    let (inside, outside) = wide.split_at_mut(part.len());
    inside.copy_from_slice(part);
    let last = &part[part.len() - channels..];
    let repeats = repeated((part.len() / channels) as u32) as usize - part.len() / channels;
    for pixel in outside.chunks_exact_mut(channels).take(repeats) {
        pixel.copy_from_slice(last);
    }
}
