//! Compressions of bytes, whatever they mean: none, Deflate, Zstandard, PackBits.

use std::io::{self, Read};

use super::super::super::problem::{damaged, truncated};
use super::{Packed, Unpack};
use crate::Error;

/// Whatever unpacks itself while it is read.
pub(super) struct Stream<R> {
    reader: R,
}

impl<R> Stream<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader }
    }
}

impl<R: Read + Send> Unpack for Stream<R> {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        self.reader.read_exact(out).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                truncated()
            } else {
                damaged("a strip or tile of the TIFF can't be unpacked")
            }
        })
    }
}

/// Frames may ask for windows of gigabytes; those that image programs write need far less.
const ZSTD_WINDOW_LOG: u32 = 27;

pub(super) fn zstd(packed: Packed) -> Result<impl Read + Send, Error> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)?;
    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
    Ok(decoder)
}

/// Apple's PackBits: runs and literals of up to 128 bytes. Runs may cross rows.
pub(super) struct PackBits {
    packed: Packed,
    left: usize,
    run: Option<u8>,
}

impl PackBits {
    pub(super) fn new(packed: Packed) -> Self {
        Self { packed, left: 0, run: None }
    }

    fn next_run(&mut self) -> Result<(), Error> {
        let byte = self.packed.byte()?.ok_or_else(truncated)?;
        match byte as i8 {
            -128 => {} // does nothing
            n if n < 0 => {
                self.run = Some(self.packed.byte()?.ok_or_else(truncated)?);
                self.left = 1 + usize::from(n.unsigned_abs());
            }
            n => {
                self.run = None;
                self.left = 1 + n as usize;
            }
        }
        Ok(())
    }
}

impl Unpack for PackBits {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let mut at = 0;
        while at < out.len() {
            if self.left == 0 {
                self.next_run()?;
                continue;
            }
            let n = self.left.min(out.len() - at);
            let piece = &mut out[at..at + n];
            match self.run {
                Some(byte) => piece.fill(byte),
                None => self.packed.read_exact(piece).map_err(|_| truncated())?,
            }
            self.left -= n;
            at += n;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::super::source::Source;
    use super::super::Codec;
    use super::*;

    fn packed(bytes: &[u8]) -> Packed {
        Packed::new(Source::from_bytes(bytes.to_vec()).whole(), false, Codec::PackBits)
    }

    #[test]
    fn packbits_unpacks_runs_literals_and_nothing() {
        let mut out = [0; 6];
        let mut bits = PackBits::new(packed(&[0xfe, 0xaa, 0x80, 0x01, 1, 2, 0, 9]));
        bits.fill(&mut out[..2]).unwrap();
        bits.fill(&mut out[2..]).unwrap();
        assert_eq!(out, [0xaa, 0xaa, 0xaa, 1, 2, 9]);
    }

    #[test]
    fn packbits_that_stops_early_is_truncated() {
        let mut out = [0; 4];
        assert!(matches!(PackBits::new(packed(&[3, 1])).fill(&mut out), Err(Error::Truncated)));
    }
}
