//! The packed bytes of one strip or tile, with their bits turned round where the file says so.

use std::io::{self, BufRead, Read};

use super::super::super::source::Section;
use super::Codec;

const BUFFER: usize = 1 << 15;

pub(in super::super) struct Packed {
    section: Section,
    reversed: bool,
    buffer: Vec<u8>,
    at: usize,
}

impl Packed {
    pub(in super::super) fn new(section: Section, reversed: bool, codec: Codec) -> Self {
        let reversed = reversed && !codec.is_picture();
        Self { section, reversed, buffer: Vec::new(), at: 0 }
    }

    /// The next byte, or none at the end.
    pub(super) fn byte(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.buffer.len() {
            self.fill_buf()?;
        }
        let byte = self.buffer.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }
}

fn turn(bytes: &mut [u8]) {
    for byte in bytes {
        *byte = byte.reverse_bits();
    }
}

impl Read for Packed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        // Long reads go straight to where they are wanted.
        if self.at == self.buffer.len() && out.len() >= BUFFER {
            let n = self.section.read(out)?;
            if self.reversed {
                turn(&mut out[..n]);
            }
            return Ok(n);
        }
        let have = self.fill_buf()?;
        let n = have.len().min(out.len());
        out[..n].copy_from_slice(&have[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Packed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.buffer.resize(BUFFER, 0);
            let n = self.section.read(&mut self.buffer)?;
            self.buffer.truncate(n);
            self.at = 0;
            if self.reversed {
                turn(&mut self.buffer);
            }
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, n: usize) {
        self.at = (self.at + n).min(self.buffer.len());
    }
}
