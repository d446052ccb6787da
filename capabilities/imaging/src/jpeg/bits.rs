//! Codes, bit by bit: read, written, and copied to where they are not on the same bits.

use super::cuts::{Cut, code_bytes};
use crate::Error;

/// Writes bits, the highest first, and a zero behind every byte of ones.
pub(crate) struct Bits<'a> {
    out: &'a mut Vec<u8>,
    /// Bits that are not a byte yet.
    waiting: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, waiting: 0, count: 0 }
    }

    /// At most 32, and no others may be set.
    pub(crate) fn put(&mut self, bits: u64, count: u32) {
        self.waiting = self.waiting << count | bits;
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            put_byte(self.out, (self.waiting >> self.count) as u8);
        }
        self.waiting &= (1 << self.count) - 1;
    }

    /// Fills the last byte up with ones, as JPEG wants it before a marker.
    pub(crate) fn fill(&mut self) {
        let missing = (8 - self.count) % 8;
        self.put((1 << missing) - 1, missing);
    }

    /// Copies what stands between two places of a row's codes.
    pub(crate) fn copy(&mut self, codes: &[u8], from: Place, to: Place) -> Result<(), Error> {
        let byte = |at: usize| codes.get(at).copied().ok_or_else(damaged);
        let mut at = from.whole;
        if from.rest > 0 {
            let first = byte(at)?;
            let own = u64::from(first) & ((1 << from.rest) - 1);
            if to.whole == from.whole {
                let count = from.rest.checked_sub(to.rest).ok_or_else(damaged)?;
                self.put(own >> to.rest, count);
                return Ok(());
            }
            self.put(own, from.rest);
            at += code_bytes(first);
        }
        self.copy_bytes(codes.get(at..to.whole).ok_or_else(damaged)?);
        if to.rest > 0 {
            self.put(u64::from(byte(to.whole)?) >> to.rest, 8 - to.rest);
        }
        Ok(())
    }

    /// Copies whole bytes, eight at a time, or as many as there are up to a byte of ones.
    fn copy_bytes(&mut self, codes: &[u8]) {
        let count = self.count;
        if count == 0 {
            self.out.extend_from_slice(codes);
            return;
        }
        // A zero may have to follow every byte, and the last word is written whole.
        let mut end = self.out.len();
        self.out.resize(end + 2 * codes.len() + 2 * WORD, 0);
        let (mut before, mut at) = (self.waiting, 0);
        while at < codes.len() {
            let (word, there) = word(&codes[at..]);
            let moved = before << (64 - count) | word >> count;
            let room = &mut self.out[end..];
            // Nearly always; that the steps are known ahead is what makes it fast.
            if there == WORD && ones(word) | ones(moved) == 0 {
                room[..WORD].copy_from_slice(&moved.to_be_bytes());
                (before, at, end) = (word, at + WORD, end + WORD);
                continue;
            }
            let plain = ones(word).leading_zeros() as usize / 8;
            let bytes = (plain + 1).min(there);
            end += put_word(room, moved, bytes);
            before = word >> (64 - 8 * bytes);
            at += bytes + usize::from(plain < there);
        }
        self.out.truncate(end);
        self.waiting = before & ((1 << count) - 1);
    }
}

const WORD: usize = 8;

/// The next eight bytes, the first one highest, or as many as there are before zeroes.
fn word(codes: &[u8]) -> (u64, usize) {
    match codes.first_chunk() {
        Some(bytes) => (u64::from_be_bytes(*bytes), WORD),
        None => {
            let mut bytes = [0; WORD];
            bytes[..codes.len()].copy_from_slice(codes);
            (u64::from_be_bytes(bytes), codes.len())
        }
    }
}

/// The highest bit of every byte of ones, and no others.
fn ones(word: u64) -> u64 {
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    let zeroes = !word;
    !(((zeroes & LOW) + LOW) | zeroes | LOW)
}

/// Writes the first bytes of a word with a zero behind every one of ones: how many that are.
fn put_word(room: &mut [u8], word: u64, bytes: usize) -> usize {
    let (mut word, mut left, mut end) = (word, bytes, 0);
    loop {
        room[end..][..WORD].copy_from_slice(&word.to_be_bytes());
        let plain = ones(word).leading_zeros() as usize / 8;
        if plain >= left {
            return end + left;
        }
        room[end + plain + 1] = 0;
        end += plain + 2;
        left -= plain + 1;
        // Not by 64 at once, which would be no shift at all.
        word = word << (8 * plain) << 8;
    }
}

fn put_byte(out: &mut Vec<u8>, byte: u8) {
    out.push(byte);
    if byte == 0xFF {
        out.push(0);
    }
}

/// A bit in the codes of a row: behind so many bytes, and behind all but so many bits of the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    whole: usize,
    rest: u32,
}

impl From<Cut> for Place {
    fn from(cut: Cut) -> Self {
        Self { whole: cut.whole as usize, rest: cut.rest.into() }
    }
}

/// Reads codes from a place on.
pub(crate) struct Codes<'a> {
    codes: &'a [u8],
    at: usize,
    /// Bits that were not read yet, the first one highest.
    window: u64,
    count: u32,
}

impl<'a> Codes<'a> {
    pub(crate) fn new(codes: &'a [u8], from: Place) -> Self {
        let mut new = Self { codes, at: from.whole, window: 0, count: 0 };
        new.look();
        if from.rest > 0 {
            new.skip(8 - from.rest);
        }
        new
    }

    /// The next bits, the first one highest: at least 48 of them, with zeroes behind the last.
    pub(crate) fn look(&mut self) -> u64 {
        while self.count <= 56 {
            let Some(byte) = self.codes.get(self.at) else { break };
            self.window |= u64::from(*byte) << (56 - self.count);
            self.count += 8;
            self.at += code_bytes(*byte);
        }
        self.window
    }

    pub(crate) fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.count = self.count.saturating_sub(count);
    }

    /// Where the next bit is.
    pub(crate) fn place(&self) -> Place {
        let (mut at, mut count) = (self.at, self.count);
        let back = |at: usize| at - if at > 1 && self.codes[at - 2] == 0xFF { 2 } else { 1 };
        while count >= 8 {
            at = back(at);
            count -= 8;
        }
        Place { whole: if count > 0 { back(at) } else { at }, rest: count }
    }
}

pub(super) fn damaged() -> Error {
    Error::Damaged("the codes of a tile make no sense".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Reading bits, putting and copying them anywhere leaves the same bits.
        #[test]
        fn bits_are_the_same_wherever_they_stand(
            bytes in proptest::collection::vec(prop_oneof![Just(0xFF_u8), any::<u8>()], 1..60),
            shift in 0_u32..8, from in 0_usize..200, length in 0_usize..200,
        ) {
            let bits: Vec<bool> =
                bytes.iter().flat_map(|byte| (0..8).rev().map(move |n| byte >> n & 1 == 1)).collect();
            let from = from.min(bits.len());
            let to = (from + length).min(bits.len());
            let codes = written(&bits);
            let place = |bit: usize| {
                let whole = bytes[..bit / 8].iter().map(|byte| code_bytes(*byte)).sum();
                Place { whole, rest: (8 - bit as u32 % 8) % 8 }
            };

            let mut out = Vec::new();
            let mut writer = Bits::new(&mut out);
            writer.put(0, shift);
            writer.copy(&codes, place(from), place(to)).unwrap();
            writer.fill();
            let mut expected = vec![false; shift as usize];
            expected.extend(&bits[from..to]);
            prop_assert_eq!(out, written(&expected));

            let mut reader = Codes::new(&codes, place(from));
            for (bit, is_set) in bits.iter().enumerate().take(to).skip(from) {
                prop_assert_eq!(reader.place(), place(bit));
                prop_assert_eq!(reader.look() >> 63 == 1, *is_set);
                reader.skip(1);
            }
        }
    }

    fn written(bits: &[bool]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = Bits::new(&mut out);
        bits.iter().for_each(|bit| writer.put(u64::from(*bit), 1));
        writer.fill();
        out
    }
}
