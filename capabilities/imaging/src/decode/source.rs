//! The bytes under decoding: read at a place, never past the end, with no shared position.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::problem::{too_large, truncated};
use crate::Error;

/// A file, or bytes that were inside another file. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Source {
    store: Store,
    len: u64,
}

#[derive(Clone, Debug)]
enum Store {
    File(Arc<File>),
    Memory(Arc<[u8]>),
}

impl Source {
    pub(super) fn from_file(file: File) -> Result<Self, Error> {
        let len = file.metadata()?.len();
        Ok(Self { store: Store::File(Arc::new(file)), len })
    }

    pub(super) fn from_bytes(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self { store: Store::Memory(bytes.into()), len }
    }

    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Fills as much of `out` as the bytes from `at` allow.
    pub(super) fn read_some(&self, at: u64, out: &mut [u8]) -> io::Result<usize> {
        match &self.store {
            Store::Memory(bytes) => {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                let n = out.len().min(bytes.len() - start);
                out[..n].copy_from_slice(&bytes[start..start + n]);
                Ok(n)
            }
            Store::File(file) => {
                let mut filled = 0;
                while filled < out.len() {
                    match file.read_at(&mut out[filled..], at.saturating_add(filled as u64)) {
                        Ok(0) => break,
                        Ok(n) => filled += n,
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(filled)
            }
        }
    }

    pub(super) fn read_exact(&self, at: u64, out: &mut [u8]) -> Result<(), Error> {
        if self.read_some(at, out)? < out.len() { Err(truncated()) } else { Ok(()) }
    }

    /// A copy of `len` bytes from `at`; the file must have them, and they must fit `limit`.
    pub(super) fn bytes(&self, at: u64, len: u64, limit: u64) -> Result<Vec<u8>, Error> {
        if at.checked_add(len).is_none_or(|end| end > self.len) {
            return Err(truncated());
        }
        if len > limit {
            return Err(too_large("a part of this file", len, limit));
        }
        let mut out = vec![0; len as usize];
        self.read_exact(at, &mut out)?;
        Ok(out)
    }

    /// The first bytes, at most `n`.
    pub(super) fn head(&self, n: usize) -> Result<Vec<u8>, Error> {
        let mut out = vec![0; n.min(usize::try_from(self.len).unwrap_or(n))];
        let got = self.read_some(0, &mut out)?;
        out.truncate(got);
        Ok(out)
    }

    /// A reader over `start..end`, cut at the end of the bytes.
    pub(super) fn section(&self, start: u64, end: u64) -> Section {
        let end = end.min(self.len);
        Section { source: self.clone(), start: start.min(end), at: start.min(end), end }
    }

    pub(super) fn whole(&self) -> Section {
        self.section(0, self.len)
    }
}

/// Part of a [`Source`] as a seekable stream.
#[derive(Clone, Debug)]
pub(super) struct Section {
    source: Source,
    start: u64,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let n = left.min(out.len());
        let got = self.source.read_some(self.at, &mut out[..n])?;
        self.at += got as u64;
        Ok(got)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(offset) => self.start.checked_add(offset),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = at.filter(|at| *at >= self.start).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at - self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_ends_where_the_bytes_end() {
        let source = Source::from_bytes(b"0123456789".to_vec());
        let mut read = Vec::new();
        source.section(6, 99).read_to_end(&mut read).unwrap();
        assert_eq!(read, b"6789");
    }

    #[test]
    fn bytes_that_are_not_there_are_a_truncation() {
        let source = Source::from_bytes(b"0123".to_vec());
        assert!(source.bytes(2, 3, 100).is_err());
        assert!(source.bytes(u64::MAX, 2, 100).is_err());
        assert_eq!(source.bytes(2, 2, 100).unwrap(), b"23");
    }
}
