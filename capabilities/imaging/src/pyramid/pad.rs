//! Edge tiles: stored at the full size that TIFF demands, cut to their true extent when asked for.
//!
//! Nothing is decoded for either. A row of blocks begins anew after a restart marker, so blocks can
//! be added behind its last one, and taken off again. What is added are the cheapest codes there
//! are: the same mean again, and no detail.

use std::ops::Range;

use iiif::image::Extent;

use super::row_table;
use crate::Error;
use crate::jpeg::{Bits, CodedRow, Cut, EOI, Kind, SOI, frame_header, restart};

/// Pads a stream without tables to the size of a tile, and its rows with it.
pub(super) fn pad(
    stream: &[u8],
    rows: &mut [CodedRow],
    extent: Extent,
    tile: u32,
    kind: Kind,
) -> Result<Vec<u8>, Error> {
    let start = SOI.len() + frame_header(extent, kind.gray, kind.chroma).len();
    let mut codes = stream.get(start..).ok_or_else(damaged)?;
    let block = kind.block();
    let missing = tile / block - extent.w.div_ceil(block);
    let mut out = SOI.to_vec();
    out.extend(frame_header(Extent::new(tile, tile), kind.gray, kind.chroma));
    let count = rows.len();
    let mut last = 0..0;
    for (n, row) in rows.iter_mut().enumerate() {
        let (own, rest) = codes.split_at_checked(row.length as usize).ok_or_else(damaged)?;
        let begin = out.len();
        if missing == 0 {
            out.extend_from_slice(own);
        } else {
            lengthen(own, row, missing, kind, &mut out)?;
            row.length = (out.len() - begin) as u32;
        }
        last = begin..out.len();
        out.extend(restart(n));
        codes = rest.get(2..).unwrap_or_default();
    }
    let repeated = fills_its_blocks(extent.h, block).then_some(last);
    add_rows(count, repeated, tile, kind, &mut out);
    out.extend(EOI);
    Ok(out)
}

/// Adds blocks behind a row.
fn lengthen(
    codes: &[u8],
    row: &CodedRow,
    blocks: u32,
    kind: Kind,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let end = row.cuts.last().copied().unwrap_or_default();
    let mut bits = Bits::new(out);
    bits.copy(codes, Cut::default().into(), end.into())?;
    put_blocks(blocks, kind, &mut bits);
    bits.fill();
    Ok(())
}

/// Colours are mixed across rows of blocks of 4:2:0, so the gray below an image could shine into a
/// last row of blocks that is full.
fn fills_its_blocks(h: u32, block: u32) -> bool {
    block == 16 && (h.is_multiple_of(block) || (h + 1).is_multiple_of(block))
}

/// Adds rows below the image, the first of them a repetition if that is wanted. The last one is
/// not followed by a marker.
fn add_rows(done: usize, repeated: Option<Range<usize>>, tile: u32, kind: Kind, out: &mut Vec<u8>) {
    let blocks = tile / kind.block();
    for n in done..blocks as usize {
        match repeated.clone().filter(|_| n == done) {
            Some(row) => out.extend_from_within(row),
            None => {
                let mut bits = Bits::new(out);
                put_blocks(blocks, kind, &mut bits);
                bits.fill();
            }
        }
        out.extend(restart(n));
    }
    out.truncate(out.len() - 2);
}

/// Blocks with the mean of the one before, and nothing else.
///
/// In the usual tables, which all our files have, "no difference" is 00, and "no detail" is 1010
/// for brightness and 00 for colours.
fn put_blocks(blocks: u32, kind: Kind, bits: &mut Bits<'_>) {
    let brightness = if kind.block() == 16 { 4 } else { 1 };
    for _ in 0..blocks {
        (0..brightness).for_each(|_| bits.put(0b00_1010, 6));
        if !kind.gray {
            bits.put(0, 8);
        }
    }
}

/// Cuts a padded tile: its codes, and behind them the table of its rows.
///
/// What comes out is what the encoder made of the true extent, byte for byte.
pub(super) fn cut(codes: &[u8], table: &[u8], w: u32, out: &mut Vec<u8>) -> Result<(), Error> {
    for (n, row) in row_table::rows(codes, table, w).enumerate() {
        let (stored, row) = row?;
        if n > 0 {
            out.extend(restart(n - 1));
        }
        let mut bits = Bits::new(out);
        bits.copy(stored, Cut::default().into(), row.end().into())?;
        bits.fill();
    }
    out.extend(EOI);
    Ok(())
}

fn damaged() -> Error {
    Error::Damaged("a tile has other rows than its encoder noted".to_owned())
}
