//! A zip archive, written from its first byte to its last: nothing is known of a file before it was read.

use std::{
    fs::File,
    io::{self, Write},
    mem,
    os::unix::fs::FileExt,
};

use bytes::Bytes;
use flate2::{Compression, Crc, write::DeflateEncoder};

/// Hands over what is written piece by piece.
pub(super) struct Archive<S: FnMut(Bytes) -> io::Result<()>> {
    out: Pieces<S>,
    entries: Vec<Written>,
}

struct Written {
    name: String,
    crc: u32,
    deflated: u64,
    bytes: u64,
    at: u64,
}

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const END: u32 = 0x0605_4b50;
/// Needs a reader that knows archives of more than 4 GB; all entries are written for it.
const VERSION: u16 = 45;
/// The sizes stand behind the file, and the name is UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATED: u16 = 8;
/// 1980-01-01, where the format's time begins: what the archive says does not change from day to day.
const DATE: u16 = 1 << 5 | 1;
const ELSEWHERE: u32 = u32::MAX;
const PIECE: usize = 64 * 1024;

impl<S: FnMut(Bytes) -> io::Result<()>> Archive<S> {
    pub(super) fn new(send: S) -> Self {
        Self { out: Pieces { send, piece: Vec::new(), sent: 0 }, entries: Vec::new() }
    }

    /// Adds a file of exactly so many bytes.
    pub(super) fn add(&mut self, name: &str, file: &File, bytes: u64) -> io::Result<()> {
        let name: String = name.chars().take(1000).collect();
        let at = self.out.at();
        let mut header = Vec::with_capacity(64 + name.len());
        put_32(&mut header, &[LOCAL]);
        put_16(&mut header, &[VERSION, FLAGS, DEFLATED, 0, DATE]);
        put_32(&mut header, &[0, ELSEWHERE, ELSEWHERE]);
        put_16(&mut header, &[name.len() as u16, 20]);
        header.extend_from_slice(name.as_bytes());
        put_16(&mut header, &[1, 16]);
        put_64(&mut header, &[0, 0]);
        self.out.write_all(&header)?;

        let begun = self.out.at();
        let crc = self.deflate(file, bytes)?;
        let deflated = self.out.at() - begun;
        let mut descriptor = Vec::with_capacity(24);
        put_32(&mut descriptor, &[DESCRIPTOR, crc]);
        put_64(&mut descriptor, &[deflated, bytes]);
        self.out.write_all(&descriptor)?;
        self.entries.push(Written { name, crc, deflated, bytes, at });
        Ok(())
    }

    /// Writes where everything is.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let at = self.out.at();
        let entries = mem::take(&mut self.entries);
        for entry in &entries {
            self.out.write_all(&central(entry))?;
        }
        let (length, count) = (self.out.at() - at, entries.len() as u64);
        let mut end = Vec::with_capacity(98);
        let end_64 = self.out.at();
        put_32(&mut end, &[END_64]);
        put_64(&mut end, &[44]);
        put_16(&mut end, &[VERSION, VERSION]);
        put_32(&mut end, &[0, 0]);
        put_64(&mut end, &[count, count, length, at]);
        put_32(&mut end, &[LOCATOR_64, 0]);
        put_64(&mut end, &[end_64]);
        put_32(&mut end, &[1]);
        put_32(&mut end, &[END]);
        put_16(&mut end, &[0, 0, u16::MAX, u16::MAX]);
        put_32(&mut end, &[ELSEWHERE, ELSEWHERE]);
        put_16(&mut end, &[0]);
        self.out.write_all(&end)?;
        self.out.flush()
    }

    /// Images hardly get smaller, so it is done fast.
    fn deflate(&mut self, file: &File, bytes: u64) -> io::Result<u32> {
        let mut crc = Crc::new();
        let mut encoder = DeflateEncoder::new(&mut self.out, Compression::fast());
        let mut buffer = vec![0; PIECE];
        let mut at = 0;
        while at < bytes {
            let length = usize::try_from(bytes - at).unwrap_or(PIECE).min(PIECE);
            let part = &mut buffer[..length];
            file.read_exact_at(part, at)?;
            crc.update(part);
            encoder.write_all(part)?;
            at += length as u64;
        }
        encoder.finish()?;
        Ok(crc.sum())
    }
}

fn central(entry: &Written) -> Vec<u8> {
    let mut header = Vec::with_capacity(80 + entry.name.len());
    put_32(&mut header, &[CENTRAL]);
    put_16(&mut header, &[VERSION, VERSION, FLAGS, DEFLATED, 0, DATE]);
    put_32(&mut header, &[entry.crc, ELSEWHERE, ELSEWHERE]);
    put_16(&mut header, &[entry.name.len() as u16, 28, 0, 0, 0]);
    put_32(&mut header, &[0, ELSEWHERE]);
    header.extend_from_slice(entry.name.as_bytes());
    put_16(&mut header, &[1, 24]);
    put_64(&mut header, &[entry.bytes, entry.deflated, entry.at]);
    header
}

fn put_16(out: &mut Vec<u8>, words: &[u16]) {
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

fn put_32(out: &mut Vec<u8>, words: &[u32]) {
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

fn put_64(out: &mut Vec<u8>, words: &[u64]) {
    words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
}

/// Collects what is written into pieces worth sending.
struct Pieces<S> {
    send: S,
    piece: Vec<u8>,
    sent: u64,
}

impl<S> Pieces<S> {
    fn at(&self) -> u64 {
        self.sent + self.piece.len() as u64
    }
}

impl<S: FnMut(Bytes) -> io::Result<()>> Write for Pieces<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = mem::take(&mut self.piece);
        self.sent += piece.len() as u64;
        (self.send)(piece.into())
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        process::{Command, Stdio},
    };

    use flate2::read::DeflateDecoder;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = Archive::new(|piece| {
            bytes.extend_from_slice(&piece);
            Ok(())
        });
        for (name, content) in files {
            archive.add(name, &file(content), content.len() as u64).unwrap();
        }
        archive.finish().unwrap();
        drop(archive);
        bytes
    }

    #[test]
    fn another_program_unpacks_it() {
        let large = vec![7; 300_000];
        let bytes = archive(&[("é, 1.jpg", b"one"), ("empty", b""), ("large.tif", &large)]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let unpacked = Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .args([&path, folder.path()])
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(unpacked.success());
        let read = |name| std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("é, 1.jpg"), b"one");
        assert_eq!(read("empty"), b"");
        assert!(read("large.tif") == large);
    }

    #[test]
    fn a_file_stands_deflated_behind_its_header() {
        let bytes = archive(&[("a", b"hello hello hello")]);
        assert_eq!(bytes[..4], LOCAL.to_le_bytes());
        let mut content = String::new();
        DeflateDecoder::new(&bytes[30 + 1 + 20..]).read_to_string(&mut content).unwrap();
        assert_eq!(content, "hello hello hello");
    }

    #[test]
    fn a_file_that_got_shorter_is_an_error() {
        let mut archive = Archive::new(|_| Ok(()));
        assert!(archive.add("a", &file(b"short"), 100).is_err());
    }
}
