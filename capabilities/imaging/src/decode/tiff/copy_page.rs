//! One page of a TIFF as a file of its own, written as numbers are in the first one; no pixel is decoded.
//!
//! The strips or tiles come first, then the values of tags, then the directory.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
    ops::Range,
};

use super::{
    super::problem::{damaged, too_large},
    ifd::{Dialect, Directory, Tiff, size_of_kind},
    tags,
};
use crate::Error;

/// Their values are places elsewhere, of what is no part of the page.
const LEFT_OUT: [u16; 6] = [
    tags::SUB_IFDS,
    tags::FREE_OFFSETS,
    tags::FREE_BYTE_COUNTS,
    tags::EXIF,
    tags::GPS,
    tags::INTEROPERABILITY,
];
/// JPEG as TIFF 6.0 first had it: the data and its tables point at each other.
const OLD_JPEG: u64 = 6;
/// No table of a JPEG is longer.
const TABLE_BYTES: u64 = 512;
/// As many strips or tiles as no page has.
const MAX_CHUNKS: u64 = 1 << 22;
const LONG: u16 = 4;
const LONG_8: u16 = 16;

/// Tags that say where something lies, and what they say in the new file.
type Moved = Vec<(u16, Vec<u64>)>;

pub(super) fn copy_page(tiff: &Tiff, at: u64, out: File) -> Result<(), Error> {
    let page = tiff.directory(at)?;
    let mut copy = Copy::begin(tiff, out)?;
    let moved = match page.number(tags::COMPRESSION)? {
        Some(OLD_JPEG) => copy.one_piece(&page)?,
        _ => copy.chunks(&page)?,
    };
    copy.finish(&page, moved)
}

struct Copy<'a> {
    tiff: &'a Tiff,
    out: BufWriter<File>,
    /// How long the new file is.
    at: u64,
    /// How much may still be copied: a page whose parts overlap is not made larger than the file that it comes from.
    left: u64,
}

impl<'a> Copy<'a> {
    fn begin(tiff: &'a Tiff, out: File) -> Result<Self, Error> {
        let mut out = BufWriter::new(out);
        out.seek(SeekFrom::Start(0))?;
        let mut copy = Self { tiff, out, at: 0, left: tiff.source.len() };
        copy.put(&vec![0; copy.head()])?;
        Ok(copy)
    }

    /// All strips or tiles, one behind the other.
    fn chunks(&mut self, page: &Directory) -> Result<Moved, Error> {
        // Some writers of tiles use the tags of strips.
        let either = |tile, strip| if page.has(tile) { tile } else { strip };
        let places = either(tags::TILE_OFFSETS, tags::STRIP_OFFSETS);
        let counts = either(tags::TILE_BYTE_COUNTS, tags::STRIP_BYTE_COUNTS);
        let ranges = self.ranges(page, (places, counts))?;
        let (mut begins, mut lengths) = (Vec::new(), Vec::new());
        for range in ranges {
            lengths.push(range.end - range.start);
            begins.push(if range.start == 0 { 0 } else { self.at });
            self.copy(range)?;
        }
        let kept = [tags::TILE_OFFSETS, tags::STRIP_OFFSETS, tags::TILE_BYTE_COUNTS]
            .into_iter()
            .chain([tags::STRIP_BYTE_COUNTS])
            .filter(|tag| ![places, counts].contains(tag));
        // Tags of strips beside those of tiles say nothing.
        let mut moved: Moved = kept.map(|tag| (tag, Vec::new())).collect();
        moved.extend([(places, begins), (counts, lengths)]);
        Ok(moved)
    }

    /// Everything from the first byte that a tag points at to the last: then all that points into it moves alike.
    fn one_piece(&mut self, page: &Directory) -> Result<Moved, Error> {
        let mut ranges = Vec::new();
        let pointers = [
            (tags::STRIP_OFFSETS, tags::STRIP_BYTE_COUNTS),
            (tags::TILE_OFFSETS, tags::TILE_BYTE_COUNTS),
            (tags::JPEG_INTERCHANGE_FORMAT, tags::JPEG_INTERCHANGE_FORMAT_LENGTH),
        ];
        for (places, counts) in pointers {
            ranges.extend(self.ranges(page, (places, counts))?);
        }
        let tables = [tags::JPEG_Q_TABLES, tags::JPEG_DC_TABLES, tags::JPEG_AC_TABLES];
        for tag in tables {
            let places = page.numbers(tag, MAX_CHUNKS)?;
            ranges.extend(places.into_iter().map(|at| self.inside(at, TABLE_BYTES)));
        }
        ranges.retain(|range| !range.is_empty());
        let start = ranges.iter().map(|range| range.start).min().unwrap_or_default();
        let end = ranges.iter().map(|range| range.end).max().unwrap_or_default();
        let begins = self.at;
        self.copy(start..end)?;
        let shifted = |at: u64| if at == 0 { 0 } else { at.saturating_sub(start) + begins };
        let places = pointers.into_iter().map(|(places, _)| places).chain(tables);
        let mut moved = Moved::new();
        for tag in places.filter(|tag| page.has(*tag)) {
            let values = page.numbers(tag, MAX_CHUNKS)?;
            moved.push((tag, values.into_iter().map(shifted).collect()));
        }
        Ok(moved)
    }

    /// What some tags point at, as far as it is in the file. What has no length goes on to what comes next.
    fn ranges(
        &self,
        page: &Directory,
        (places, counts): (u16, u16),
    ) -> Result<Vec<Range<u64>>, Error> {
        let most = page.list(places).map_or(0, |list| list.len());
        if most > MAX_CHUNKS {
            return Err(too_large("the TIFF's table of strips or tiles", most, MAX_CHUNKS));
        }
        let places = page.numbers(places, MAX_CHUNKS)?;
        let counts = page.numbers(counts, MAX_CHUNKS)?;
        let mut in_order = places.clone();
        in_order.sort_unstable();
        let ranges = places.iter().enumerate().map(|(index, at)| {
            let next = in_order.get(in_order.partition_point(|other| other <= at));
            let to_next = next.copied().unwrap_or(u64::MAX) - *at;
            let count = counts.get(index).copied().filter(|count| *count > 0);
            if *at == 0 { 0..0 } else { self.inside(*at, count.unwrap_or(to_next)) }
        });
        Ok(ranges.collect())
    }

    fn inside(&self, at: u64, bytes: u64) -> Range<u64> {
        let end = self.tiff.source.len();
        at.min(end)..at.saturating_add(bytes).min(end)
    }

    fn copy(&mut self, range: Range<u64>) -> Result<(), Error> {
        let bytes = range.end - range.start;
        self.spend(bytes)?;
        io::copy(&mut self.tiff.source.section(range.start, range.end), &mut self.out)?;
        self.at += bytes;
        Ok(())
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Error> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| damaged("parts of the TIFF's pages overlap"))?;
        Ok(())
    }

    /// Writes the values of the tags, the directory, and where that is.
    fn finish(mut self, page: &Directory, moved: Moved) -> Result<(), Error> {
        let mut entries: Vec<(u16, u16, u64, Vec<u8>)> = Vec::new();
        for (tag, values) in moved.iter().filter(|(_, values)| !values.is_empty()) {
            let kind = if self.dialect().big { LONG_8 } else { LONG };
            let mut bytes = Vec::with_capacity(values.len() * 8);
            values.iter().for_each(|value| self.number(&mut bytes, *value));
            entries.push((*tag, kind, values.len() as u64, bytes));
        }
        for entry in &page.entries {
            let is_moved = moved.iter().any(|(tag, _)| *tag == entry.tag);
            if is_moved || LEFT_OUT.contains(&entry.tag) {
                continue;
            }
            let bytes = entry.count.saturating_mul(size_of_kind(entry.kind));
            self.spend(bytes)?;
            let value = self.tiff.source.bytes(entry.at, bytes, u64::MAX)?;
            entries.push((entry.tag, entry.kind, entry.count, value));
        }
        entries.sort_by_key(|(tag, ..)| *tag);
        entries.dedup_by_key(|(tag, ..)| *tag);
        self.directory(&entries)
    }

    fn directory(mut self, entries: &[(u16, u16, u64, Vec<u8>)]) -> Result<(), Error> {
        let dialect = self.dialect();
        let width = if dialect.big { 8 } else { 4 };
        let mut table = Vec::new();
        put(dialect, &mut table, entries.len() as u64, if dialect.big { 8 } else { 2 });
        for (tag, kind, count, value) in entries {
            put(dialect, &mut table, u64::from(*tag), 2);
            put(dialect, &mut table, u64::from(*kind), 2);
            self.number(&mut table, *count);
            if value.len() <= width {
                table.extend(value);
                table.resize(table.len() + width - value.len(), 0);
            } else {
                self.align()?;
                self.number(&mut table, self.at);
                self.put(value)?;
            }
        }
        self.number(&mut table, 0);
        self.align()?;
        let begins = self.at;
        self.put(&table)?;
        if !dialect.big && u32::try_from(self.at).is_err() {
            return Err(too_large("a page of a TIFF", self.at, u64::from(u32::MAX)));
        }
        let mut head = if dialect.big_endian { b"MM".to_vec() } else { b"II".to_vec() };
        put(dialect, &mut head, if dialect.big { 43 } else { 42 }, 2);
        if dialect.big {
            put(dialect, &mut head, 8, 2);
            put(dialect, &mut head, 0, 2);
        }
        self.number(&mut head, begins);
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&head)?;
        self.out.flush()?;
        Ok(())
    }

    fn dialect(&self) -> Dialect {
        self.tiff.dialect
    }

    fn head(&self) -> usize {
        if self.dialect().big { 16 } else { 8 }
    }

    /// A place or a count.
    fn number(&self, out: &mut Vec<u8>, value: u64) {
        put(self.dialect(), out, value, if self.dialect().big { 8 } else { 4 });
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Values begin on even places.
    fn align(&mut self) -> Result<(), Error> {
        if self.at.is_multiple_of(2) { Ok(()) } else { self.put(&[0]) }
    }
}

fn put(dialect: Dialect, out: &mut Vec<u8>, value: u64, width: usize) {
    let little = value.to_le_bytes();
    match dialect.big_endian {
        true => out.extend(little[..width].iter().rev()),
        false => out.extend(&little[..width]),
    }
}
