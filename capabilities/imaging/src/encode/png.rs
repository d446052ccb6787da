use std::io::Write;

use png::{BitDepth, ColorType, Compression, EncodingError, SrgbRenderingIntent};

use super::sheet::packed;
use super::{Produce, Sheet};
use crate::Error;
use crate::decode::Layout;

/// How much is compressed at once; with less, chunks are many and small.
const CHUNK: usize = 1 << 18;

/// Rows are compressed as they come: fast, since it is done for every answer anew.
pub(super) fn encode(sheet: Sheet, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, sheet.extent.w, sheet.extent.h);
    encoder.set_color(match sheet.layout {
        Layout::Gray => ColorType::Grayscale,
        Layout::GrayAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    });
    encoder.set_depth(if sheet.bitonal { BitDepth::One } else { BitDepth::Eight });
    encoder.set_compression(Compression::Fast);
    encoder.set_source_srgb(SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().map_err(failed)?;
    let mut rows_in = writer.stream_writer_with_size(CHUNK).map_err(failed)?;
    let mut bits = Vec::new();
    produce(&mut |rows| {
        bits.clear();
        let rows = if sheet.bitonal {
            packed(rows, sheet.extent.w, &mut bits);
            &bits
        } else {
            rows
        };
        rows_in.write_all(rows).map_err(|error| failed(error.into()))
    })?;
    rows_in.finish().map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

fn failed(error: EncodingError) -> Error {
    Error::Encoding { format: "PNG", reason: error.to_string() }
}
