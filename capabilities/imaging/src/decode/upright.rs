//! Turns pictures upright, as their orientation (1 to 8, as in EXIF) says.
//!
//! A mirrored picture is turned row by row. All others need their last rows or columns first, so their
//! 8-bit pixels are kept: in memory up to a limit, beyond it in the scratch file.

use std::fs::File;
use std::os::unix::fs::FileExt;

use iiif::image::Extent;

use super::problem::too_large;
use super::rows::{Header, Rows};
use crate::{Error, Limits};

/// Pixels that are kept in memory even if there is a scratch file.
const IN_MEMORY: u64 = 192 << 20;
/// Rows that are turned at once.
const BAND: u32 = 64;

pub(super) fn turn(
    rows: Box<dyn Rows>,
    orientation: u8,
    limits: &Limits,
    scratch: Option<File>,
) -> Result<Box<dyn Rows>, Error> {
    match orientation {
        2 => Ok(Box::new(Mirrored { rows })),
        3..=8 => Ok(Box::new(Turned::new(rows, orientation, limits, scratch)?)),
        _ => Ok(rows),
    }
}

struct Mirrored {
    rows: Box<dyn Rows>,
}

impl Rows for Mirrored {
    fn header(&self) -> &Header {
        self.rows.header()
    }

    fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.rows.read(out)?;
        let (row, pixel) = (self.header().row(), self.header().layout.channels());
        out.chunks_exact_mut(row).for_each(|row| mirror(row, pixel));
        Ok(())
    }
}

fn mirror(row: &mut [u8], pixel: usize) {
    row.reverse();
    row.chunks_exact_mut(pixel).for_each(<[u8]>::reverse);
}

/// Where pixels are kept.
enum Store {
    Memory(Vec<u8>),
    File(File),
}

impl Store {
    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::Memory(kept) => kept[at as usize..][..bytes.len()].copy_from_slice(bytes),
            Self::File(file) => file.write_all_at(bytes, at)?,
        }
        Ok(())
    }

    fn read(&self, at: u64, out: &mut [u8]) -> Result<(), Error> {
        match self {
            Self::Memory(kept) => out.copy_from_slice(&kept[at as usize..][..out.len()]),
            Self::File(file) => file.read_exact_at(out, at)?,
        }
        Ok(())
    }
}

struct Turned {
    rows: Box<dyn Rows>,
    header: Header,
    orientation: u8,
    store: Option<Store>,
    scratch: Option<File>,
    piece: Vec<u8>,
    row: u32,
}

impl Turned {
    fn new(
        rows: Box<dyn Rows>,
        orientation: u8,
        limits: &Limits,
        scratch: Option<File>,
    ) -> Result<Self, Error> {
        let mut header = rows.header().clone();
        let bytes = header.row() as u64 * u64::from(header.extent.h);
        if scratch.is_none() && bytes > limits.max_bytes {
            return Err(too_large("turning this image upright", bytes, limits.max_bytes));
        }
        let scratch = scratch.filter(|_| bytes > IN_MEMORY.min(limits.max_bytes));
        if orientation >= 5 {
            let Extent { w, h } = header.extent;
            header.extent = Extent { w: h, h: w };
        }
        Ok(Self { rows, header, orientation, store: None, scratch, piece: Vec::new(), row: 0 })
    }

    /// Keeps the whole picture, as bands of 64 rows that are turned already.
    fn keep(&mut self) -> Result<Store, Error> {
        let Header { extent, layout, .. } = self.rows.header();
        let (w, h, pixel) = (extent.w as usize, extent.h, layout.channels());
        let mut store = match self.scratch.take() {
            Some(file) => Store::File(file),
            None => Store::Memory(vec![0; w * h as usize * pixel]),
        };
        let mut band = vec![0; w * pixel * BAND.min(h) as usize];
        let mut turned = if self.orientation >= 5 { band.clone() } else { Vec::new() };
        let mut at = 0;
        for top in (0..h).step_by(BAND as usize) {
            let n = w * pixel * BAND.min(h - top) as usize;
            self.rows.read(&mut band[..n])?;
            if self.orientation >= 5 {
                self.transpose(&band[..n], &mut turned[..n], w, pixel);
                store.write(at, &turned[..n])?;
            } else {
                store.write(at, &band[..n])?;
            }
            at += n as u64;
        }
        Ok(store)
    }

    /// Turns rows of a band into columns; the columns come in the order of the rows to be given.
    fn transpose(&self, band: &[u8], out: &mut [u8], w: usize, pixel: usize) {
        let rows = band.len() / (w * pixel);
        let from_right = matches!(self.orientation, 7 | 8);
        let from_below = matches!(self.orientation, 6 | 7);
        for (i, column) in out.chunks_exact_mut(rows * pixel).enumerate() {
            let x = if from_right { w - 1 - i } else { i };
            for (k, place) in column.chunks_exact_mut(pixel).enumerate() {
                let y = if from_below { rows - 1 - k } else { k };
                place.copy_from_slice(&band[(y * w + x) * pixel..][..pixel]);
            }
        }
    }

    /// Rows from below, perhaps mirrored too.
    fn read_flipped(&mut self, store: &Store, out: &mut [u8], n: u32) -> Result<(), Error> {
        let row = self.header.row();
        let last = self.header.extent.h - self.row;
        store.read(u64::from(last - n) * row as u64, out)?;
        for i in 0..n as usize / 2 {
            let (above, below) = out.split_at_mut((n as usize - 1 - i) * row);
            above[i * row..(i + 1) * row].swap_with_slice(&mut below[..row]);
        }
        if self.orientation == 3 {
            let pixel = self.header.layout.channels();
            out.chunks_exact_mut(row).for_each(|row| mirror(row, pixel));
        }
        Ok(())
    }

    /// Rows put together from a piece of every band.
    fn read_turned(&mut self, store: &Store, out: &mut [u8], n: u32) -> Result<(), Error> {
        let (pixel, row) = (self.header.layout.channels(), self.header.row());
        let (w, h) = (u64::from(self.header.extent.h), self.header.extent.w); // as stored
        let from_below = matches!(self.orientation, 6 | 7);
        for top in (0..h).step_by(BAND as usize) {
            let rows = BAND.min(h - top) as usize;
            let part = rows * pixel;
            let start = u64::from(top) * w * pixel as u64 + u64::from(self.row) * part as u64;
            self.piece.resize(part * n as usize, 0);
            store.read(start, &mut self.piece)?;
            let x = if from_below { h as usize - top as usize - rows } else { top as usize };
            for (out, part) in out.chunks_exact_mut(row).zip(self.piece.chunks_exact(part)) {
                out[x * pixel..][..part.len()].copy_from_slice(part);
            }
        }
        Ok(())
    }
}

impl Rows for Turned {
    fn header(&self) -> &Header {
        &self.header
    }

    fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let store = match self.store.take() {
            Some(store) => store,
            None => self.keep()?,
        };
        let left = self.header.extent.h - self.row;
        let n = ((out.len() / self.header.row()) as u32).min(left);
        if self.orientation >= 5 {
            self.read_turned(&store, out, n)?;
        } else {
            self.read_flipped(&store, out, n)?;
        }
        self.row += n;
        self.store = Some(store);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{Layout, SourceFacts};
    use super::*;

    fn header(w: u32, h: u32) -> Header {
        let extent = Extent { w, h };
        let facts = SourceFacts { extent, ..SourceFacts::default() };
        Header { extent, layout: Layout::Gray, facts }
    }

    struct Fixed {
        header: Header,
        pixels: Vec<u8>,
    }

    impl Rows for Fixed {
        fn header(&self) -> &Header {
            &self.header
        }
        fn read(&mut self, out: &mut [u8]) -> Result<(), Error> {
            out.copy_from_slice(&self.pixels[..out.len()]);
            self.pixels.drain(..out.len());
            Ok(())
        }
    }

    fn turned(orientation: u8, w: u32, h: u32, pixels: &[u8], scratch: Option<File>) -> Vec<u8> {
        let rows = Fixed { header: header(w, h), pixels: pixels.to_vec() };
        let limits =
            Limits { max_bytes: if scratch.is_some() { 0 } else { 1 << 20 }, ..Limits::default() };
        let mut rows = turn(Box::new(rows), orientation, &limits, scratch).unwrap();
        let mut out = vec![0; pixels.len()];
        // Once a single row, then the rest.
        let (first, rest) = out.split_at_mut(rows.header().row());
        rows.read(first).unwrap();
        if !rest.is_empty() {
            rows.read(rest).unwrap();
        }
        out
    }

    #[test]
    fn each_orientation_is_turned_as_exif_says() {
        for (orientation, upright) in [
            (1, b"abcdef"),
            (2, b"cbafed"),
            (3, b"fedcba"),
            (4, b"defabc"),
            (5, b"adbecf"),
            (6, b"daebfc"),
            (7, b"fcebda"),
            (8, b"cfbead"),
        ] {
            assert_eq!(turned(orientation, 3, 2, b"abcdef", None), upright, "{orientation}");
        }
    }

    #[test]
    fn tall_pictures_are_turned_the_same_in_a_file() {
        let pixels: Vec<u8> = (0..5 * 150_u32).map(|i| (i % 251) as u8).collect();
        for orientation in 2..=8 {
            let scratch = tempfile::tempfile().unwrap();
            let kept = turned(orientation, 5, 150, &pixels, None);
            assert_eq!(kept, turned(orientation, 5, 150, &pixels, Some(scratch)), "{orientation}");
            let (w, h) = if orientation >= 5 { (150, 5) } else { (5, 150) };
            let back = [1, 2, 3, 4, 5, 8, 7, 6][usize::from(orientation) - 1];
            assert_eq!(turned(back, w, h, &kept, None), pixels, "{orientation}");
        }
    }
}
