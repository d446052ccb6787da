//! The segments of a JPEG file, where we put files together ourselves.

use crate::Error;

const SOI: [u8; 2] = [0xFF, 0xD8];
const EOI: [u8; 2] = [0xFF, 0xD9];

/// JFIF 1.1 without a density or a thumbnail: browsers take the colours for YCbCr, or gray.
const JFIF: [u8; 18] = *b"\xFF\xE0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";

/// What stands before an abbreviated image, without its own start, to make it a file.
pub(crate) fn tables_header(tables: &[u8]) -> Result<Vec<u8>, Error> {
    let inner = tables.strip_prefix(&SOI).and_then(|rest| rest.strip_suffix(&EOI));
    let inner = inner.ok_or(Error::Pyramid("its tables are not a stream of tables"))?;
    Ok([&SOI, JFIF.as_slice(), inner].concat())
}

/// Where the codes of the only scan begin.
pub(crate) fn scan_start(jpeg: &[u8]) -> Result<usize, Error> {
    let cut_off = || Error::Damaged("a JPEG stream has no scan".to_owned());
    let mut at = SOI.len();
    loop {
        let segment = jpeg.get(at..).and_then(|rest| rest.first_chunk::<4>()).ok_or_else(cut_off)?;
        let [0xFF, marker, high, low] = *segment else { return Err(cut_off()) };
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
        if marker == 0xDA {
            return Ok(at);
        }
    }
}
