//! A ZIP of any size: every number that may be large stands where readers of ZIP64 look for it.

use std::{
    collections::HashSet,
    io::{self, Write},
    mem,
};

use flate2::{Compression, Crc, write::DeflateEncoder};

use crate::counted::Counted;

/// A ZIP under construction. What is given to [`Write`] belongs to the file that was begun last.
pub struct Archive<W: Write> {
    out: Counted<W>,
    open: Option<Open>,
    entries: Vec<Entry>,
    names: HashSet<String>,
}

/// The file that is being written.
struct Open {
    entry: Entry,
    /// Where its bytes begin.
    begun: u64,
    crc: Crc,
    deflate: DeflateEncoder<Vec<u8>>,
}

struct Entry {
    name: String,
    method: u16,
    flags: u16,
    crc: u32,
    packed: u64,
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
/// The name is UTF-8.
const NAMES_ARE_UTF_8: u16 = 1 << 11;
/// The sizes stand behind the file.
const SIZES_FOLLOW: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1980-01-01, where the format's time begins: what the archive says does not change from day to day.
const DATE: u16 = 1 << 5 | 1;
const ELSEWHERE: u32 = u32::MAX;
const LONGEST_NAME: usize = 1000;

impl<W: Write> Archive<W> {
    pub fn new(out: W) -> Self {
        let out = Counted::new(out);
        Self { out, open: None, entries: Vec::new(), names: HashSet::new() }
    }

    /// Adds a file that is at hand, as it is: for what does not get smaller, such as JPEGs.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.end()?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let length = bytes.len() as u64;
        let entry = Entry {
            name: self.unused(name),
            method: STORED,
            flags: NAMES_ARE_UTF_8,
            crc: crc.sum(),
            packed: length,
            bytes: length,
            at: self.out.at(),
        };
        self.out.write_all(&local(&entry))?;
        self.out.write_all(bytes)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Begins a file whose bytes come by and by.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        self.end()?;
        let entry = Entry {
            name: self.unused(name),
            method: DEFLATED,
            flags: NAMES_ARE_UTF_8 | SIZES_FOLLOW,
            crc: 0,
            packed: 0,
            bytes: 0,
            at: self.out.at(),
        };
        self.out.write_all(&local(&entry))?;
        // Images hardly get smaller, so it is done fast.
        let deflate = DeflateEncoder::new(Vec::new(), Compression::fast());
        self.open = Some(Open { entry, begun: self.out.at(), crc: Crc::new(), deflate });
        Ok(())
    }

    /// Writes where everything is, and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.end()?;
        let at = self.out.at();
        let entries = mem::take(&mut self.entries);
        for entry in &entries {
            self.out.write_all(&central(entry))?;
        }
        let end = end(at, self.out.at() - at, entries.len() as u64);
        self.out.write_all(&end)?;
        self.out.flush()?;
        Ok(self.out.into_inner())
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(mut open) = self.open.take() else { return Ok(()) };
        let rest = open.deflate.finish()?;
        self.out.write_all(&rest)?;
        open.entry.crc = open.crc.sum();
        open.entry.packed = self.out.at() - open.begun;
        let mut descriptor = Vec::with_capacity(24);
        put_32(&mut descriptor, &[DESCRIPTOR, open.entry.crc]);
        put_64(&mut descriptor, &[open.entry.packed, open.entry.bytes]);
        self.out.write_all(&descriptor)?;
        self.entries.push(open.entry);
        Ok(())
    }

    /// No two files have one name, and none leaves the folder that it is unpacked in.
    fn unused(&mut self, name: &str) -> String {
        let tame: String = name
            .chars()
            .take(LONGEST_NAME)
            .map(|c| if matches!(c, '/' | '\\' | ':') || c.is_control() { '_' } else { c })
            .collect();
        let tame = if tame.trim_matches('.').is_empty() { format!("_{tame}") } else { tame };
        let mut unused = tame.clone();
        let mut number = 2;
        while !self.names.insert(unused.to_lowercase()) {
            unused = match tame.rsplit_once('.') {
                Some((stem, ending)) => format!("{stem} ({number}).{ending}"),
                None => format!("{tame} ({number})"),
            };
            number += 1;
        }
        unused
    }
}

impl<W: Write> Write for Archive<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let nothing_begun = || io::Error::new(io::ErrorKind::InvalidInput, "no file was begun");
        let open = self.open.as_mut().ok_or_else(nothing_begun)?;
        open.crc.update(bytes);
        open.entry.bytes += bytes.len() as u64;
        open.deflate.write_all(bytes)?;
        let packed = open.deflate.get_mut();
        self.out.write_all(packed)?;
        packed.clear();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn local(entry: &Entry) -> Vec<u8> {
    let name = entry.name.as_bytes();
    let mut header = Vec::with_capacity(64 + name.len());
    put_32(&mut header, &[LOCAL]);
    put_16(&mut header, &[VERSION, entry.flags, entry.method, 0, DATE]);
    put_32(&mut header, &[entry.crc, ELSEWHERE, ELSEWHERE]);
    put_16(&mut header, &[name.len() as u16, 20]);
    header.extend_from_slice(name);
    put_16(&mut header, &[1, 16]);
    put_64(&mut header, &[entry.bytes, entry.packed]);
    header
}

fn central(entry: &Entry) -> Vec<u8> {
    let mut header = Vec::with_capacity(80 + entry.name.len());
    put_32(&mut header, &[CENTRAL]);
    put_16(&mut header, &[VERSION, VERSION, entry.flags, entry.method, 0, DATE]);
    put_32(&mut header, &[entry.crc, ELSEWHERE, ELSEWHERE]);
    put_16(&mut header, &[entry.name.len() as u16, 28, 0, 0, 0]);
    put_32(&mut header, &[0, ELSEWHERE]);
    header.extend_from_slice(entry.name.as_bytes());
    put_16(&mut header, &[1, 24]);
    put_64(&mut header, &[entry.bytes, entry.packed, entry.at]);
    header
}

/// The end of an archive whose directory of `count` entries begins at `at`.
fn end(at: u64, length: u64, count: u64) -> Vec<u8> {
    let mut end = Vec::with_capacity(98);
    put_32(&mut end, &[END_64]);
    put_64(&mut end, &[44]);
    put_16(&mut end, &[VERSION, VERSION]);
    put_32(&mut end, &[0, 0]);
    put_64(&mut end, &[count, count, length, at]);
    put_32(&mut end, &[LOCATOR_64, 0]);
    put_64(&mut end, &[at + length]);
    put_32(&mut end, &[1]);
    put_32(&mut end, &[END]);
    put_16(&mut end, &[0, 0, u16::MAX, u16::MAX]);
    put_32(&mut end, &[ELSEWHERE, ELSEWHERE]);
    put_16(&mut end, &[0]);
    end
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

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn unpacked(bytes: &[u8]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let program = "import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
archive.extractall(sys.argv[2])";
        let mut python = Command::new("python3");
        python.args(["-c", program]).arg(&path).arg(folder.path());
        assert!(python.status().unwrap().success());
        folder
    }

    #[test]
    fn another_program_unpacks_what_came_at_once_and_what_came_in_pieces() {
        let mut archive = Archive::new(Vec::new());
        archive.add("é, 1.jpg", b"one").unwrap();
        archive.begin("large.tif").unwrap();
        for _ in 0..300 {
            archive.write_all(&[7; 1000]).unwrap();
        }
        archive.begin("empty").unwrap();
        archive.add("last", b"").unwrap();
        let bytes = archive.finish().unwrap();
        assert!(bytes.len() < 10_000, "pieces are packed");
        let folder = unpacked(&bytes);
        let read = |name| std::fs::read(folder.path().join(name)).unwrap();
        assert_eq!(read("é, 1.jpg"), b"one");
        assert_eq!(read("empty"), b"");
        assert_eq!(read("last"), b"");
        assert!(read("large.tif") == [7; 300_000]);
    }

    #[test]
    fn the_directory_is_found_beyond_4_gigabytes() {
        let entry = Entry {
            name: "far".to_owned(),
            method: STORED,
            flags: 0,
            crc: 0,
            packed: 5 << 32,
            bytes: 5 << 32,
            at: 9 << 32,
        };
        let header = central(&entry);
        let number = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap());
        let extra = 46 + 3 + 4;
        assert_eq!(
            [number(extra), number(extra + 8), number(extra + 16)],
            [5 << 32, 5 << 32, 9 << 32]
        );
        let end = end(7 << 32, 99, 70_000);
        assert_eq!(u64::from_le_bytes(end[24..32].try_into().unwrap()), 70_000);
        assert_eq!(u64::from_le_bytes(end[64..72].try_into().unwrap()), (7 << 32) + 99);
    }

    #[test]
    fn no_name_is_there_twice_or_leads_out_of_the_folder() {
        let mut archive = Archive::new(Vec::new());
        let given = ["a.jpg", "A.jpg", "a.jpg", "b", "b", "../x", "..", "", "c:\\d\0"];
        let names = given.map(|name| archive.unused(name));
        let expected =
            ["a.jpg", "A (2).jpg", "a (3).jpg", "b", "b (2)", ".._x", "_..", "_", "c__d_"];
        assert_eq!(names, expected);
    }

    #[test]
    fn bytes_without_a_file_are_refused() {
        let mut archive = Archive::new(Vec::new());
        assert!(archive.write_all(b"x").is_err());
        archive.add("a", b"").unwrap();
        assert!(archive.write_all(b"x").is_err());
    }
}
