//! The directories of a BigTIFF file, so that every program reads a pyramid as a TIFF.
//!
//! One for each level, the whole image first, chained; the smaller ones are marked as reductions.

use super::level::Level;
use crate::Chroma;

/// What all directories of a file share.
pub(super) struct Directories<'a> {
    pub(super) levels: &'a [Level],
    pub(super) tile: u32,
    pub(super) gray: bool,
    pub(super) chroma: Chroma,
    pub(super) tables: &'a [u8],
}

/// Offset and length of a tile.
pub(super) type TilePlace = (u64, u32);

const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const ASCII: u16 = 2;
const UNDEFINED: u16 = 7;
const LONG8: u16 = 16;

/// Black and white of Y, Cb and Cr as JPEG has them: 0 to 255, colours around 128.
const REFERENCE: [u32; 12] = [0, 1, 255, 1, 128, 1, 255, 1, 128, 1, 255, 1];

impl Directories<'_> {
    /// The length of all directories and what they point at; tiles excepted.
    pub(super) fn length(&self) -> u64 {
        let shared = self.reference_at(0) + 48;
        let of_level = |level: &Level| {
            let entries = self.entries(0, level, 0).len() as u64 + 2;
            let arrays = match level.tile_count() {
                1 => 0,
                2 => 16,
                tiles => tiles * 12,
            };
            8 + entries * 20 + 8 + arrays
        };
        let of_levels = self.levels.iter().map(of_level);
        (shared + of_levels.map(|length| length.next_multiple_of(8)).sum::<u64>())
            .next_multiple_of(8)
    }

    /// Where the first directory is, if they all begin at `at`.
    pub(super) fn first(&self, at: u64) -> u64 {
        self.reference_at(at) + 48
    }

    fn reference_at(&self, at: u64) -> u64 {
        at + (self.tables.len() as u64).next_multiple_of(8)
    }

    /// Writes them to stand at `at`. `places` has the tiles of each level, row by row.
    pub(super) fn write(&self, at: u64, places: &[Vec<TilePlace>]) -> Vec<u8> {
        let mut out = self.tables.to_vec();
        out.resize(out.len().next_multiple_of(8), 0);
        out.extend(REFERENCE.iter().flat_map(|n| n.to_le_bytes()));
        for (n, (level, places)) in self.levels.iter().zip(places).enumerate() {
            let start = at + out.len() as u64;
            self.write_one(n, level, places, at, start, &mut out);
        }
        out
    }

    fn write_one(
        &self,
        n: usize,
        level: &Level,
        places: &[TilePlace],
        tables_at: u64,
        start: u64,
        out: &mut Vec<u8>,
    ) {
        let mut entries = self.entries(n, level, tables_at);
        let arrays_at = start + 8 + (entries.len() as u64 + 2) * 20 + 8;
        let count = places.len() as u64;
        // What fits into eight bytes stands in the entry itself.
        let (offsets, lengths) = match places {
            [(offset, length)] => (*offset, u64::from(*length)),
            [(_, first), (_, second)] => (arrays_at, u64::from(*first) | u64::from(*second) << 32),
            _ => (arrays_at, arrays_at + count * 8),
        };
        entries.push(Entry { tag: 324, kind: LONG8, count, value: offsets });
        entries.push(Entry { tag: 325, kind: LONG, count, value: lengths });
        entries.sort_by_key(|entry| entry.tag);

        let begin = out.len();
        out.extend((entries.len() as u64).to_le_bytes());
        entries.iter().for_each(|entry| entry.write(out));
        let next_at = out.len();
        out.extend([0; 8]);
        if count > 1 {
            out.extend(places.iter().flat_map(|(offset, _)| offset.to_le_bytes()));
        }
        if count > 2 {
            out.extend(places.iter().flat_map(|(_, length)| length.to_le_bytes()));
        }
        out.resize(begin + (out.len() - begin).next_multiple_of(8), 0);
        if n + 1 < self.levels.len() {
            let next = start + (out.len() - begin) as u64;
            out[next_at..next_at + 8].copy_from_slice(&next.to_le_bytes());
        }
    }

    fn entries(&self, n: usize, level: &Level, tables_at: u64) -> Vec<Entry> {
        let long = |tag, value: u32| Entry { tag, kind: LONG, count: 1, value: value.into() };
        let short = |tag, value: u64| Entry { tag, kind: SHORT, count: 1, value };
        let mut entries = vec![
            long(254, u32::from(n > 0)),
            long(256, level.extent.w),
            long(257, level.extent.h),
            short(259, 7),
            short(262, if self.gray { 1 } else { 6 }),
            short(277, if self.gray { 1 } else { 3 }),
            short(284, 1),
            Entry { tag: 305, kind: ASCII, count: 6, value: u64::from_le_bytes(*b"Recto\0\0\0") },
            long(322, self.tile),
            long(323, self.tile),
            Entry { tag: 347, kind: UNDEFINED, count: self.tables.len() as u64, value: tables_at },
        ];
        if self.gray {
            entries.push(short(258, 8));
            return entries;
        }
        let sampling = if self.chroma == Chroma::Half { 2 | 2 << 16 } else { 1 | 1 << 16 };
        let reference = self.reference_at(tables_at);
        entries.extend([
            Entry { tag: 258, kind: SHORT, count: 3, value: 8 | 8 << 16 | 8 << 32 },
            Entry { tag: 530, kind: SHORT, count: 2, value: sampling },
            short(531, 1),
            Entry { tag: 532, kind: RATIONAL, count: 6, value: reference },
        ]);
        entries
    }
}

struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// The value if it fits into 8 bytes, else where it is.
    value: u64,
}

impl Entry {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.tag.to_le_bytes());
        out.extend(self.kind.to_le_bytes());
        out.extend(self.count.to_le_bytes());
        out.extend(self.value.to_le_bytes());
    }
}
