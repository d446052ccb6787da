use iiif::image::Extent;

use super::pad::pad;
use super::row_table;
use crate::Error;
use crate::jpeg::{Encoder, Kind};

/// A tile under construction: where it begins in a row, and what encodes it.
///
/// Rows go to the encoder as they come, so that no level is ever kept in pixels.
pub(super) struct Column {
    /// Its first pixel.
    x: u32,
    /// Its extent inside the image.
    extent: Extent,
    tile: u32,
    kind: Kind,
    encoder: Encoder,
    /// The tile of the last row of tiles, if it had to be padded, and the table of its rows.
    padded: Option<Vec<u8>>,
    table: Vec<u8>,
}

impl Column {
    pub(super) fn new(x: u32, w: u32, tile: u32, kind: Kind) -> Result<Self, Error> {
        let extent = Extent::new(w, tile);
        let encoder = Encoder::new(kind)?;
        Ok(Self { x, extent, tile, kind, encoder, padded: None, table: Vec::new() })
    }

    /// The last tile that has ended, at its full size.
    pub(super) fn stream(&self) -> &[u8] {
        self.padded.as_deref().unwrap_or(self.encoder.bytes())
    }

    /// What stands behind it.
    pub(super) fn table(&self) -> &[u8] {
        &self.table
    }
}

impl crate::columns::Column for Column {
    fn begin(&mut self, h: u32) -> Result<(), Error> {
        self.extent.h = h;
        self.encoder.begin_abbreviated(self.extent)
    }

    fn write(&mut self, rows: &[u8], stride: usize) -> Result<(), Error> {
        let part = &rows[self.x as usize * self.kind.channels()..];
        self.encoder.write(part, stride, rows.len() / stride)
    }

    fn end(&mut self) -> Result<(), Error> {
        self.encoder.end()?;
        let mut rows = self.encoder.rows()?;
        let is_full = self.extent == Extent::new(self.tile, self.tile);
        self.padded = match is_full {
            true => None,
            false => Some(pad(self.encoder.bytes(), &mut rows, self.extent, self.tile, self.kind)?),
        };
        self.table = row_table::write(&rows)?;
        Ok(())
    }
}
