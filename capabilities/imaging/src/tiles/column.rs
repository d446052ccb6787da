use iiif::image::{Extent, Format};

use super::settings::TileFormat;
use crate::decode::Layout;
use crate::encode::{Sheet, encode};
use crate::jpeg::{Encoder, Kind};
use crate::{DrawSettings, Error};

/// A tile under construction: where it begins in a row, and what encodes it.
pub(super) struct Column {
    x: u32,
    extent: Extent,
    channels: usize,
    quality: u8,
    coding: Coding,
}

/// JPEG is written as rows come; others want all of a tile at once.
enum Coding {
    Rows(Encoder),
    Whole { format: Format, pixels: Vec<u8>, done: Vec<u8> },
}

impl Column {
    pub(super) fn new(x: u32, w: u32, kind: Kind, format: TileFormat) -> Result<Self, Error> {
        let coding = match format {
            TileFormat::Jpg => Coding::Rows(Encoder::new(kind)?),
            TileFormat::Webp | TileFormat::Avif => {
                Coding::Whole { format: format.format(), pixels: Vec::new(), done: Vec::new() }
            }
        };
        let extent = Extent::new(w, 0);
        Ok(Self { x, extent, channels: kind.channels(), quality: kind.quality, coding })
    }

    /// The last tile that has ended.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.coding {
            Coding::Rows(encoder) => encoder.bytes(),
            Coding::Whole { done, .. } => done,
        }
    }
}

impl crate::columns::Column for Column {
    fn begin(&mut self, h: u32) -> Result<(), Error> {
        self.extent.h = h;
        match &mut self.coding {
            Coding::Rows(encoder) => encoder.begin(self.extent)?,
            Coding::Whole { pixels, .. } => pixels.clear(),
        }
        Ok(())
    }

    fn write(&mut self, rows: &[u8], stride: usize) -> Result<(), Error> {
        let part = &rows[self.x as usize * self.channels..];
        let width = self.extent.w as usize * self.channels;
        match &mut self.coding {
            Coding::Rows(encoder) => encoder.write(part, stride, rows.len() / stride)?,
            Coding::Whole { pixels, .. } => {
                part.chunks(stride).for_each(|row| pixels.extend_from_slice(&row[..width]));
            }
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Error> {
        match &mut self.coding {
            Coding::Rows(encoder) => encoder.end()?,
            Coding::Whole { format, pixels, done } => {
                let layout = if self.channels == 1 { Layout::Gray } else { Layout::Rgb };
                let sheet = Sheet { extent: self.extent, layout, bitonal: false };
                let quality = self.quality;
                let settings = DrawSettings {
                    webp_quality: quality,
                    avif_quality: quality,
                    ..DrawSettings::default()
                };
                *done = encode(*format, sheet, &settings, &mut |emit| emit(pixels))?;
            }
        }
        Ok(())
    }
}
