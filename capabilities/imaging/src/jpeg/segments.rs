//! The segments of a JPEG file, where we put files together ourselves.

use crate::Error;

const SOI: [u8; 2] = [0xFF, 0xD8];
pub(super) const EOI: [u8; 2] = [0xFF, 0xD9];
const SOS: u8 = 0xDA;

/// JFIF 1.1 without a density or a thumbnail: browsers take the colours for YCbCr, or gray.
const JFIF: [u8; 18] = *b"\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";

/// What stands before an abbreviated image, without its own start, to make it a file.
pub(crate) fn tables_header(tables: &[u8]) -> Result<Vec<u8>, Error> {
    let inner = tables.strip_prefix(&SOI).and_then(|rest| rest.strip_suffix(&EOI));
    let inner = inner.ok_or(Error::Pyramid("its tables are not a stream of tables"))?;
    Ok([&SOI, JFIF.as_slice(), inner].concat())
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
