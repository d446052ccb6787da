//! TIFF: strips, deflated row by row as they come; black and white as Group 4 of fax.

use super::tiff_codes::{Deflater, group4};
use super::{Produce, Sheet};
use crate::Error;
use crate::decode::Layout;

/// About how many bytes of pixels a strip has.
const STRIP: usize = 1 << 18;
/// The encoder of Group 4 counts in 16 bits.
const GROUP4_WIDTH: u32 = 32_767;

const SHORT: u16 = 3;
const LONG: u16 = 4;

/// What the directory says of the strips.
struct Strips {
    rows: u32,
    compression: u16,
    offsets: Vec<u32>,
    lengths: Vec<u32>,
}

pub(super) fn encode(sheet: Sheet, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let mut out = b"II\x2a\x00\x00\x00\x00\x00".to_vec();
    let strips = if sheet.bitonal && sheet.extent.w <= GROUP4_WIDTH {
        let picture = sheet.collect(produce)?;
        let codes = group4(&picture.pixels, sheet.extent.w);
        let mut strips = Strips::new(sheet.extent.h, 4);
        strips.add(&codes, &mut out)?;
        strips
    } else {
        deflated(sheet, produce, &mut out)?
    };
    if !out.len().is_multiple_of(2) {
        out.push(0);
    }
    let at = u32::try_from(out.len()).map_err(|_| too_long())?;
    out[4..8].copy_from_slice(&at.to_le_bytes());
    write_directory(sheet, &strips, at, &mut out);
    Ok(out)
}

fn deflated(sheet: Sheet, produce: Produce<'_>, out: &mut Vec<u8>) -> Result<Strips, Error> {
    let stride = sheet.stride();
    let rows = (STRIP / stride).clamp(1, sheet.extent.h as usize);
    let mut strips = Strips::new(rows as u32, 8);
    let mut deflater = Deflater::new(sheet.layout.channels(), stride);
    let mut in_strip = 0;
    produce(&mut |mut more| {
        while !more.is_empty() {
            let take = (rows - in_strip).min(more.len() / stride);
            let (now, later) = more.split_at(take * stride);
            deflater.write(now).map_err(failed)?;
            in_strip += take;
            more = later;
            if in_strip == rows {
                strips.add(&deflater.finish().map_err(failed)?, out)?;
                in_strip = 0;
            }
        }
        Ok(())
    })?;
    if in_strip > 0 {
        strips.add(&deflater.finish().map_err(failed)?, out)?;
    }
    Ok(strips)
}

impl Strips {
    fn new(rows: u32, compression: u16) -> Self {
        Self { rows, compression, offsets: Vec::new(), lengths: Vec::new() }
    }

    fn add(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        self.offsets.push(u32::try_from(out.len()).map_err(|_| too_long())?);
        self.lengths.push(u32::try_from(bytes.len()).map_err(|_| too_long())?);
        out.extend_from_slice(bytes);
        Ok(())
    }
}

/// The directory at `at`, and behind it the numbers that don't fit into its entries.
fn write_directory(sheet: Sheet, strips: &Strips, at: u32, out: &mut Vec<u8>) {
    let channels = sheet.layout.channels() as u32;
    let has_alpha = matches!(sheet.layout, Layout::GrayAlpha | Layout::Rgba);
    let is_group4 = strips.compression == 4;
    let bits = vec![if is_group4 { 1 } else { 8 }; channels as usize];
    let photometric = match (is_group4, sheet.is_gray()) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    let mut entries = vec![
        (256, LONG, vec![sheet.extent.w]),
        (257, LONG, vec![sheet.extent.h]),
        (258, SHORT, bits),
        (259, SHORT, vec![strips.compression.into()]),
        (262, SHORT, vec![photometric]),
        (273, LONG, strips.offsets.clone()),
        (277, SHORT, vec![channels]),
        (278, LONG, vec![strips.rows]),
        (279, LONG, strips.lengths.clone()),
        (284, SHORT, vec![1]),
    ];
    if !is_group4 {
        // Each sample is the difference to the one before it.
        entries.push((317, SHORT, vec![2]));
    }
    if has_alpha {
        entries.push((338, SHORT, vec![2]));
    }
    let mut behind = Vec::new();
    let behind_at = at + 2 + entries.len() as u32 * 12 + 4;
    out.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, values) in entries {
        let write = |value: u32| match kind {
            SHORT => (value as u16).to_le_bytes().to_vec(),
            _ => value.to_le_bytes().to_vec(),
        };
        let mut bytes: Vec<u8> = values.iter().copied().flat_map(write).collect();
        if bytes.len() > 4 {
            let place = behind_at + behind.len() as u32;
            behind.extend(bytes);
            bytes = place.to_le_bytes().to_vec();
        }
        bytes.resize(4, 0);
        out.extend((tag as u16).to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend((values.len() as u32).to_le_bytes());
        out.extend(bytes);
    }
    out.extend([0; 4]);
    out.extend(behind);
}

fn too_long() -> Error {
    Error::TooLarge("a TIFF of more than 4 GB".to_owned())
}

fn failed(error: std::io::Error) -> Error {
    Error::Encoding { format: "TIFF", reason: error.to_string() }
}
