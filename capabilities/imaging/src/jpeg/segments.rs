//! The segments of a JPEG file, where we put files together ourselves.

use iiif::image::Extent;

use super::encoder::block;
use crate::{Chroma, Error};

pub(crate) const SOI: [u8; 2] = [0xFF, 0xD8];
pub(crate) const EOI: [u8; 2] = [0xFF, 0xD9];
const SOS: u8 = 0xDA;
pub(super) const DHT: u8 = 0xC4;

/// JFIF 1.1 without a density or a thumbnail: browsers take the colours for YCbCr, or gray.
const JFIF: [u8; 18] = *b"\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";

/// What stands before an abbreviated image, without its own start, to make it a file.
pub(crate) fn tables_header(tables: &[u8]) -> Result<Vec<u8>, Error> {
    let inner = tables.strip_prefix(&SOI).and_then(|rest| rest.strip_suffix(&EOI));
    let inner = inner.ok_or(Error::Pyramid("its tables are not a stream of tables"))?;
    Ok([&SOI, JFIF.as_slice(), inner].concat())
}

/// What stands between the tables and the codes of an image with restarts: the same as our
/// encoder writes.
pub(crate) fn frame_header(extent: Extent, gray: bool, chroma: Chroma) -> Vec<u8> {
    frame_header_with(extent, gray, chroma, extent.w.div_ceil(block(gray, chroma)))
}

/// The same with a restart after so many blocks.
pub(crate) fn frame_header_with(
    extent: Extent,
    gray: bool,
    chroma: Chroma,
    restart_after: u32,
) -> Vec<u8> {
    // Number, sampling, table of factors, tables of codes.
    let components: &[[u8; 4]] = match (gray, chroma) {
        (true, _) => &[[1, 0x11, 0, 0x00]],
        (false, Chroma::Half) => &[[1, 0x22, 0, 0x00], [2, 0x11, 1, 0x11], [3, 0x11, 1, 0x11]],
        (false, Chroma::Full) => &[[1, 0x11, 0, 0x00], [2, 0x11, 1, 0x11], [3, 0x11, 1, 0x11]],
    };
    let n = components.len() as u8;
    let [w, h] = [extent.w, extent.h].map(|side| (side as u16).to_be_bytes());

    let mut out = vec![0xFF, 0xC0, 0, 8 + 3 * n, 8, h[0], h[1], w[0], w[1], n];
    out.extend(
        components.iter().flat_map(|[number, sampling, table, _]| [*number, *sampling, *table]),
    );
    out.extend([0xFF, 0xDD, 0, 4]);
    out.extend((restart_after as u16).to_be_bytes());
    out.extend([0xFF, SOS, 0, 6 + 2 * n, n]);
    out.extend(components.iter().flat_map(|[number, _, _, tables]| [*number, *tables]));
    out.extend([0, 63, 0]);
    out
}

/// The marker behind the n-th row of blocks, counted from zero.
pub(crate) fn restart(n: usize) -> [u8; 2] {
    [0xFF, 0xD0 + (n % 8) as u8]
}

/// A segment before the codes.
pub(super) struct Segment {
    /// Where its marker is.
    pub(super) at: usize,
    pub(super) marker: u8,
    /// Where the next one is, or the codes.
    pub(super) end: usize,
}

/// The segments up to the begin of the first scan, which is the last of them.
pub(super) fn segments(jpeg: &[u8]) -> impl Iterator<Item = Segment> {
    let mut at = SOI.len();
    let mut is_over = false;
    std::iter::from_fn(move || {
        let [0xFF, marker, high, low] = *jpeg.get(at..)?.first_chunk::<4>()? else { return None };
        let end = at + 2 + usize::from(u16::from_be_bytes([high, low]));
        if is_over || end > jpeg.len() {
            return None;
        }
        is_over = marker == SOS;
        let segment = Segment { at, marker, end };
        at = end;
        Some(segment)
    })
}

/// Where the codes of the first scan begin.
pub(super) fn scan_start(jpeg: &[u8]) -> Result<usize, Error> {
    let scan = segments(jpeg).find(|segment| segment.marker == SOS);
    let scan = scan.ok_or_else(|| Error::Damaged("a JPEG stream has no scan".to_owned()))?;
    Ok(scan.end)
}

#[cfg(test)]
mod tests {
    use super::super::{Encoder, Kind};
    use super::*;

    #[test]
    fn frames_are_written_as_the_encoder_writes_them() {
        for (gray, chroma) in [
            (true, Chroma::Half),
            (false, Chroma::Half),
            (false, Chroma::Full),
            (true, Chroma::Full),
        ] {
            for extent in [Extent::new(512, 512), Extent::new(1, 1), Extent::new(300, 17)] {
                let mut encoder =
                    Encoder::new(Kind { gray, quality: 90, chroma, cuts: true }).unwrap();
                encoder.begin_abbreviated(extent).unwrap();
                encoder.write(&[9; 3 * 512], 0, extent.h as usize).unwrap();
                encoder.end().unwrap();
                let start = scan_start(encoder.bytes()).unwrap();
                let frame = frame_header(extent, gray, chroma);
                assert_eq!(encoder.bytes()[2..start], frame, "{extent} {gray} {chroma:?}");
            }
        }
    }
}
