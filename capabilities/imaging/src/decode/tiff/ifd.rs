//! TIFF's skeleton: the header, the directories of tags, and the values that tags point to.
//!
//! Nothing is trusted: every value is read where it is said to be, or the file is cut short.

use std::collections::HashSet;

use super::super::problem::damaged;
use super::super::source::Source;
use super::tags;
use crate::Error;

/// No directory of a real page has more tags.
const MAX_ENTRIES: u64 = 4096;
/// Pages that are counted; a document may have more, and then the count is a lower bound.
const MAX_PAGES: u32 = 100_000;

/// How numbers are written in this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Dialect {
    pub(in super::super) big_endian: bool,
    pub(super) big: bool,
}

impl Dialect {
    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    /// An unsigned number of up to eight bytes.
    pub(super) fn number(self, bytes: &[u8]) -> u64 {
        let fold = |sum: u64, byte: &u8| (sum << 8) | u64::from(*byte);
        if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    }
}

/// A TIFF file: where its first directory is, and how to read it.
#[derive(Clone, Debug)]
pub(in super::super) struct Tiff {
    pub(in super::super) source: Source,
    pub(in super::super) dialect: Dialect,
    pub(super) first: u64,
}

/// How a directory is reached from the first one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// It is one of the first page's own.
    Below,
    /// It comes later in the chain of pages.
    Behind,
}

/// Which values a directory has, and where they begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u64,
    pub(super) at: u64,
}

/// One page's tags.
#[derive(Clone, Debug)]
pub(in super::super) struct Directory {
    tiff: Tiff,
    pub(super) entries: Vec<Entry>,
    /// Where the next page's begins; 0 after the last.
    pub(super) next: u64,
}

impl Tiff {
    pub(in super::super) fn open(source: Source) -> Result<Self, Error> {
        let mut head = [0; 16];
        source.read_exact(0, &mut head[..8])?;
        let big_endian = match &head[..2] {
            b"II" => false,
            b"MM" => true,
            _ => return Err(damaged("this isn't a TIFF file")),
        };
        let mut dialect = Dialect { big_endian, big: false };
        let first = match dialect.number(&head[2..4]) {
            42 => dialect.number(&head[4..8]),
            43 => {
                source.read_exact(8, &mut head[8..])?;
                if dialect.number(&head[4..6]) != 8 {
                    return Err(damaged("this BigTIFF file has offsets of an unknown size"));
                }
                dialect.big = true;
                dialect.number(&head[8..16])
            }
            _ => return Err(damaged("this isn't a TIFF file")),
        };
        Ok(Self { source, dialect, first })
    }

    pub(in super::super) fn first_page(&self) -> Result<Directory, Error> {
        self.directory(self.first)
    }

    /// What follows the first page and what hangs below it: at most `most` directories, each once.
    pub(super) fn others(
        &self,
        first: &Directory,
        most: usize,
    ) -> Result<Vec<(Directory, Link)>, Error> {
        let mut seen = HashSet::from([self.first]);
        let mut others = Vec::new();
        for at in first.numbers(tags::SUB_IFDS, most as u64)? {
            if seen.insert(at) {
                others.push((self.directory(at)?, Link::Below));
            }
        }
        let mut at = first.next;
        while at != 0 && others.len() < most && seen.insert(at) {
            let directory = self.directory(at)?;
            at = directory.next;
            others.push((directory, Link::Behind));
        }
        Ok(others)
    }

    pub(super) fn directory(&self, at: u64) -> Result<Directory, Error> {
        let (head, size) = if self.dialect.big { (8, 20) } else { (2, 12) };
        let mut number = [0; 8];
        self.source.read_exact(at, &mut number[..head as usize])?;
        let count = self.dialect.number(&number[..head as usize]);
        if count == 0 || count > MAX_ENTRIES {
            return Err(damaged("the TIFF's directory of tags is damaged"));
        }
        let start = at + head;
        let table = self.source.bytes(start, count * size, u64::MAX)?;
        let entries = table
            .chunks_exact(size as usize)
            .enumerate()
            .map(|(i, raw)| self.entry(raw, start + i as u64 * size))
            .collect();
        let link = &mut number[..if self.dialect.big { 8 } else { 4 }];
        let next = match self.source.read_exact(start + count * size, link) {
            Ok(()) => self.dialect.number(link),
            Err(_) => 0, // the link to a next page is missing in many files cut by hand
        };
        Ok(Directory { tiff: self.clone(), entries, next })
    }

    /// Small values sit in the entry itself, larger ones where it points.
    fn entry(&self, raw: &[u8], at: u64) -> Entry {
        let (width, value) = if self.dialect.big { (8, 12) } else { (4, 8) };
        let kind = self.dialect.u16([raw[2], raw[3]]);
        let count = self.dialect.number(&raw[4..4 + width]);
        let inside = count.checked_mul(size_of_kind(kind)).is_some_and(|n| n <= width as u64);
        let place = self.dialect.number(&raw[value..value + width]);
        let at = if inside { at + value as u64 } else { place };
        Entry { tag: self.dialect.u16([raw[0], raw[1]]), kind, count, at }
    }

    /// How many pages are chained, stopping at a loop or a broken link.
    pub(in super::super) fn pages(&self) -> u32 {
        let mut seen = HashSet::new();
        let mut at = self.first;
        let mut pages = 0;
        while at != 0 && pages < MAX_PAGES && seen.insert(at) {
            let Ok(directory) = self.directory(at) else { break };
            pages += 1;
            at = directory.next;
        }
        pages.max(1)
    }
}

pub(super) fn size_of_kind(kind: u16) -> u64 {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => 1, // bytes, text, and whatever is unknown
    }
}

impl Directory {
    fn entry(&self, tag: u16) -> Option<Entry> {
        self.entries.iter().find(|entry| entry.tag == tag && entry.count > 0).copied()
    }

    pub(in super::super) fn has(&self, tag: u16) -> bool {
        self.entry(tag).is_some()
    }

    /// The tag's values as a list that is read piece by piece.
    pub(super) fn list(&self, tag: u16) -> Option<List> {
        let entry = self.entry(tag)?;
        Some(List::new(self.tiff.clone(), entry))
    }

    /// The tag's first value, if it is there and a whole number.
    pub(in super::super) fn number(&self, tag: u16) -> Result<Option<u64>, Error> {
        self.list(tag).map(|mut list| list.get(0)).transpose()
    }

    /// All the tag's whole numbers, where there are at most `most`.
    pub(super) fn numbers(&self, tag: u16, most: u64) -> Result<Vec<u64>, Error> {
        let Some(mut list) = self.list(tag) else { return Ok(Vec::new()) };
        (0..list.len().min(most)).map(|i| list.get(i)).collect()
    }

    /// The tag's values as fractions, whatever their kind.
    pub(super) fn reals(&self, tag: u16, most: u64) -> Result<Vec<f64>, Error> {
        let Some(entry) = self.entry(tag) else { return Ok(Vec::new()) };
        let width = size_of_kind(entry.kind);
        let raw = self.tiff.source.bytes(entry.at, entry.count.min(most) * width, u64::MAX)?;
        let dialect = self.tiff.dialect;
        Ok(raw.chunks_exact(width as usize).map(|bytes| real(entry.kind, bytes, dialect)).collect())
    }

    /// The tag's bytes as they are, if the file has them all.
    pub(in super::super) fn bytes(&self, tag: u16, limit: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(entry) = self.entry(tag) else { return Ok(None) };
        let len = entry.count.saturating_mul(size_of_kind(entry.kind));
        self.tiff.source.bytes(entry.at, len, limit).map(Some)
    }
}

fn real(kind: u16, bytes: &[u8], dialect: Dialect) -> f64 {
    let number = dialect.number(bytes);
    match kind {
        5 | 10 => {
            let (top, bottom) = (dialect.number(&bytes[..4]), dialect.number(&bytes[4..]));
            let signed = |n: u64| if kind == 10 { f64::from(n as u32 as i32) } else { n as f64 };
            signed(top) / signed(bottom)
        }
        6 => f64::from(number as u8 as i8),
        8 => f64::from(number as u16 as i16),
        9 => f64::from(number as u32 as i32),
        11 => f64::from(f32::from_bits(number as u32)),
        12 => f64::from_bits(number),
        17 => number as i64 as f64,
        _ => number as f64,
    }
}

/// A tag's whole numbers, held a window at a time: tables of strips may be as long as the file.
#[derive(Clone, Debug)]
pub(super) struct List {
    tiff: Tiff,
    entry: Entry,
    start: u64,
    window: Vec<u64>,
}

const WINDOW: u64 = 2048;

impl List {
    fn new(tiff: Tiff, entry: Entry) -> Self {
        Self { tiff, entry, start: 0, window: Vec::new() }
    }

    pub(super) fn len(&self) -> u64 {
        self.entry.count
    }

    pub(super) fn get(&mut self, index: u64) -> Result<u64, Error> {
        if index >= self.entry.count {
            return Err(damaged("the TIFF's table of strips or tiles is too short"));
        }
        if index < self.start || index - self.start >= self.window.len() as u64 {
            self.load(index)?;
        }
        Ok(self.window[(index - self.start) as usize])
    }

    fn load(&mut self, index: u64) -> Result<(), Error> {
        let width = size_of_kind(self.entry.kind);
        let n = (self.entry.count - index).min(WINDOW);
        let at = index
            .checked_mul(width)
            .and_then(|skip| skip.checked_add(self.entry.at))
            .ok_or_else(|| damaged("the TIFF's tags point outside the file"))?;
        let raw = self.tiff.source.bytes(at, n * width, u64::MAX)?;
        let dialect = self.tiff.dialect;
        self.window = raw.chunks_exact(width as usize).map(|b| dialect.number(b)).collect();
        self.start = index;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_points_to_itself_is_counted_once() {
        let mut file = b"II\x2a\0\x08\0\0\0\x01\0".to_vec();
        file.extend_from_slice(&[0, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0]); // ImageWidth = 7
        file.extend_from_slice(&[8, 0, 0, 0]); // the next page is this page
        let tiff = Tiff::open(Source::from_bytes(file)).unwrap();
        assert_eq!(tiff.pages(), 1);
        assert_eq!(tiff.first_page().unwrap().number(256).unwrap(), Some(7));
    }

    #[test]
    fn values_outside_the_file_are_errors_and_not_panics() {
        let mut file = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
        file.extend_from_slice(&[1, 17, 0, 4, 255, 255, 255, 255, 255, 255, 255, 240]);
        let tiff = Tiff::open(Source::from_bytes(file)).unwrap();
        let page = tiff.first_page().unwrap();
        assert!(page.list(273).unwrap().get(u64::from(u32::MAX) - 1).is_err());
        assert!(page.reals(273, 4).is_err());
    }
}
