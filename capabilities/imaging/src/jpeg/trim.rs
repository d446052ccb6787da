//! Cuts rows of blocks out of an image without decoding it.

use std::ops::Range;

use super::segments::{EOI, restart, scan_start, segments};
use crate::Error;

/// The frame header of baseline JPEG; its height stands behind its precision.
const SOF0: u8 = 0xC0;
const HEIGHT: Range<usize> = 5..7;

/// Keeps some rows of an image in which each row of blocks ends in a restart marker.
///
/// The rows have to begin with a row of blocks. Restarts are numbered anew, from zero.
pub(crate) fn trim(jpeg: &[u8], rows: Range<u32>, block: u32) -> Result<Vec<u8>, Error> {
    let start = scan_start(jpeg)?;
    let frame = segments(jpeg).find(|segment| segment.marker == SOF0).ok_or_else(damaged)?;
    let height = u16::try_from(rows.len()).map_err(|_| damaged())?;
    let mut out = Vec::with_capacity(jpeg.len());
    out.extend_from_slice(&jpeg[..start]);
    let place = out.get_mut(frame.at..).and_then(|frame| frame.get_mut(HEIGHT));
    place.ok_or_else(damaged)?.copy_from_slice(&height.to_be_bytes());

    let blocks = rows.start / block..rows.end.div_ceil(block);
    let mut codes = &jpeg[start..];
    for number in 0..blocks.end {
        let end = marker(codes).ok_or_else(damaged)?;
        if number >= blocks.start {
            if number > blocks.start {
                out.extend(restart((number - blocks.start - 1) as usize));
            }
            out.extend_from_slice(&codes[..end]);
        }
        codes = &codes[end + 2..];
    }
    out.extend(EOI);
    Ok(out)
}

/// Where the next marker is. In codes, a byte of ones is followed by a zero.
fn marker(codes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += codes.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        match codes.get(at + 1)? {
            0 => at += 2,
            _ => return Some(at),
        }
    }
}

fn damaged() -> Error {
    Error::Damaged("a tile has fewer rows than it says".to_owned())
}

#[cfg(test)]
mod tests {
    use iiif::image::Extent;

    use super::super::{Decoder, Encoder, Kind, Wanted};
    use super::*;
    use crate::Chroma;
    use crate::decode::Layout;

    #[test]
    fn trimmed_rows_are_the_rows_of_the_whole() {
        for (gray, chroma, block) in
            [(false, Chroma::Half, 16), (false, Chroma::Full, 8), (true, Chroma::Half, 8)]
        {
            let kind = Kind { gray, quality: 90, chroma, cuts: true };
            let (w, h) = (100_u32, 200_u32);
            let stride = w as usize * kind.channels();
            let pixels: Vec<u8> = (0..stride * h as usize).map(|n| (n * n / 97) as u8).collect();
            let mut encoder = Encoder::new(kind).unwrap();
            let tables = encoder.tables().unwrap();
            encoder.begin_abbreviated(Extent::new(w, h)).unwrap();
            encoder.write(&pixels, stride, h as usize).unwrap();
            encoder.end().unwrap();

            let mut decoder = Decoder::new().unwrap();
            decoder.read_tables(&tables).unwrap();
            let layout = if gray { Layout::Gray } else { Layout::Rgb };
            let mut decoded = |jpeg: &[u8], h: u32| {
                let mut out = vec![0; stride * h as usize];
                let wanted = Wanted::whole(Extent::new(w, h), layout);
                decoder.decode(jpeg, &wanted, &mut out, stride).unwrap();
                out
            };
            let whole = decoded(encoder.bytes(), h);
            for rows in [0..h, 0..160, 64..128, 160..h, 176..h] {
                let part = trim(encoder.bytes(), rows.clone(), block).unwrap();
                let part = decoded(&part, rows.end - rows.start);
                // Colours of the first and last row are mixed with rows that are gone.
                let inner = stride..part.len() - stride;
                let from = rows.start as usize * stride;
                assert!(part[inner.clone()] == whole[from..][inner], "{kind:?} {rows:?}");
            }
        }
    }

    #[test]
    fn what_is_no_such_image_is_refused() {
        for jpeg in
            [&[][..], b"\xFF\xD8\xFF\xDA\x00\x02", b"\xFF\xD8\xFF\xC0\x00\x02\xFF\xDA\x00\x02\xFF"]
        {
            assert!(trim(jpeg, 0..16, 16).is_err(), "{jpeg:?}");
        }
    }
}
