//! A slow reader of Huffman codes, to check what fast ones say.

use super::segments::scan_start;
use super::{CUT, CodedRow, Cut};

/// Decodes every code of an image whose rows of blocks end in restart markers.
pub(super) fn walk(tables: &[u8], jpeg: &[u8]) -> Vec<CodedRow> {
    let trees = trees(tables);
    let frame = segment(jpeg, 0xC0);
    let side = |at: usize| usize::from(u16::from_be_bytes([frame[at], frame[at + 1]]));
    let components: Vec<(usize, usize)> = frame[6..]
        .chunks(3)
        .map(|component| (usize::from(component[1] >> 4), usize::from(component[1] & 15)))
        .collect();
    // A single component is not interleaved: its blocks come one by one.
    let sampling = if components.len() == 1 { vec![(1, 1)] } else { components };
    let (wide, high) = (sampling[0].0 * 8, sampling[0].1 * 8);
    let (across, down) = (side(3).div_ceil(wide), side(1).div_ceil(high));

    let mut at = scan_start(jpeg).unwrap();
    let mut rows = Vec::new();
    for _ in 0..down {
        let mut bits = Bits { jpeg, at, left: 0, byte: 0 };
        let mut means = [0_i32; 3];
        let mut cuts = Vec::new();
        for n in 1..=across {
            for (c, (blocks_across, blocks_down)) in sampling.iter().enumerate() {
                for _ in 0..blocks_across * blocks_down {
                    means[c] += block(&mut bits, &trees, usize::from(c > 0));
                }
            }
            if n == across || n * wide % CUT as usize == 0 {
                cuts.push(bits.cut(at, means));
            }
        }
        rows.push(CodedRow { length: (bits.at - at) as u32, cuts });
        assert_eq!(jpeg[bits.at], 0xFF, "a marker follows");
        at = bits.at + 2;
    }
    rows
}

/// The difference of a block's mean; the rest is passed over.
fn block(bits: &mut Bits<'_>, trees: &[Vec<(u32, u8, u8)>; 4], table: usize) -> i32 {
    let size = bits.symbol(&trees[table]);
    let difference = bits.signed(size);
    let mut n = 1;
    while n < 64 {
        let symbol = bits.symbol(&trees[2 + table]);
        match (symbol >> 4, symbol & 15) {
            (0, 0) => break,
            (run, size) => {
                bits.signed(size);
                n += 1 + run;
            }
        }
    }
    difference
}

/// Codes as (code, length, symbol): DC 0, DC 1, AC 0, AC 1.
fn trees(tables: &[u8]) -> [Vec<(u32, u8, u8)>; 4] {
    let mut trees = [const { Vec::new() }; 4];
    let mut at = 2;
    while tables[at + 1] != 0xD9 {
        let length = usize::from(u16::from_be_bytes([tables[at + 2], tables[at + 3]]));
        if tables[at + 1] == 0xC4 {
            let class = tables[at + 4];
            let counts = &tables[at + 5..at + 21];
            let mut symbols = tables[at + 21..at + 2 + length].iter();
            let mut code = 0;
            for (bits, count) in (1..).zip(counts) {
                for symbol in symbols.by_ref().take(usize::from(*count)) {
                    trees[usize::from(class >> 4) * 2 + usize::from(class & 15)]
                        .push((code, bits, *symbol));
                    code += 1;
                }
                code <<= 1;
            }
        }
        at += 2 + length;
    }
    trees
}

fn segment(jpeg: &[u8], marker: u8) -> &[u8] {
    let mut at = 2;
    while jpeg[at + 1] != marker {
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    let length = usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    &jpeg[at + 4..at + 2 + length]
}

struct Bits<'a> {
    jpeg: &'a [u8],
    at: usize,
    /// Bits of the last byte that were not read.
    left: u8,
    byte: u8,
}

impl Bits<'_> {
    fn cut(&self, start: usize, means: [i32; 3]) -> Cut {
        let partial = match (self.left, self.byte) {
            (0, _) => 0,
            (_, 0xFF) => 2,
            _ => 1,
        };
        let whole = (self.at - start - partial) as u32;
        Cut { whole, rest: self.left, means: means.map(|mean| mean as i16) }
    }

    fn bit(&mut self) -> u32 {
        if self.left == 0 {
            self.byte = self.jpeg[self.at];
            self.at += if self.byte == 0xFF { 2 } else { 1 };
            self.left = 8;
        }
        self.left -= 1;
        u32::from(self.byte >> self.left & 1)
    }

    fn symbol(&mut self, tree: &[(u32, u8, u8)]) -> u8 {
        let (mut code, mut length) = (0, 0);
        loop {
            code = code << 1 | self.bit();
            length += 1;
            if let Some(found) = tree.iter().find(|entry| (entry.0, entry.1) == (code, length)) {
                return found.2;
            }
        }
    }

    fn signed(&mut self, size: u8) -> i32 {
        let value = (0..size).fold(0, |value, _| value << 1 | self.bit()) as i32;
        let is_negative = size > 0 && value < 1 << (size - 1);
        if is_negative { value - (1 << size) + 1 } else { value }
    }
}
