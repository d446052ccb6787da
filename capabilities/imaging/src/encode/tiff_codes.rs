//! The two ways in which our TIFF files hold pixels.

use std::io::{self, Write};

use fax::encoder::Encoder;
use fax::{Color, VecWriter};
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Deflates differences of neighbours, which photographs need to become smaller at all.
pub(super) struct Deflater {
    channels: usize,
    stride: usize,
    encoder: ZlibEncoder<Vec<u8>>,
    differences: Vec<u8>,
}

impl Deflater {
    pub(super) fn new(channels: usize, stride: usize) -> Self {
        let encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        Self { channels, stride, encoder, differences: Vec::new() }
    }

    pub(super) fn write(&mut self, rows: &[u8]) -> io::Result<()> {
        self.differences.clear();
        for row in rows.chunks_exact(self.stride) {
            let (first, rest) = row.split_at(self.channels);
            self.differences.extend_from_slice(first);
            self.differences
                .extend(rest.iter().zip(row).map(|(now, before)| now.wrapping_sub(*before)));
        }
        self.encoder.write_all(&self.differences)
    }

    /// Ends a strip, and begins the next.
    pub(super) fn finish(&mut self) -> io::Result<Vec<u8>> {
        self.encoder.reset(Vec::new())
    }
}

/// Group 4 of fax, of samples that are 0 for black or 255.
pub(super) fn group4(pixels: &[u8], w: u32) -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for row in pixels.chunks_exact(w as usize) {
        let colors =
            row.iter().map(|sample| if *sample < 128 { Color::Black } else { Color::White });
        let Ok(()) = encoder.encode_line(colors, w);
    }
    let Ok(writer) = encoder.finish();
    writer.finish()
}
