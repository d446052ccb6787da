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
