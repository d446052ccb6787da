//! Huffman codes, as far as tiles must be read to be joined: the first block of a row begins with
//! differences from the means before it, and these change when something else is before it.

use super::bits::{Bits, Codes, Place, damaged};
use super::cuts::Cut;
use super::segments::{DHT, segments};
use crate::{Chroma, Error};

/// The tables for brightness and for colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Huffman {
    means: [Table; 2],
    details: [Table; 2],
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Table {
    /// By the next eight bits: length and symbol of a code, or zero if it's longer.
    short: [(u8, u8); 256],
    /// For each length: the first code of the next length, aligned to 16 bits, and what turns a
    /// code into the number of its symbol.
    long: [(u32, i32); 17],
    symbols: Vec<u8>,
    /// By symbol, where symbols are few: code and length.
    codes: [(u16, u8); 12],
}

impl Huffman {
    /// Of a stream of tables.
    pub(crate) fn read(tables: &[u8]) -> Result<Self, Error> {
        let mut found = [const { None }; 4];
        for segment in segments(tables).filter(|segment| segment.marker == DHT) {
            let content = tables.get(segment.at + 4..segment.end);
            let mut content = content.ok_or_else(damaged)?;
            while let [class, rest @ ..] = content {
                let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(damaged)?;
                let count = counts.iter().map(|count| usize::from(*count)).sum();
                let (symbols, rest) = rest.split_at_checked(count).ok_or_else(damaged)?;
                let place = usize::from(class >> 4 & 1) * 2 + usize::from(class & 1);
                found[place] = Some(Table::new(counts, symbols)?);
                content = rest;
            }
        }
        let [brightness, colour, bright_details, colour_details] = found;
        let needed = |table: Option<Table>| table.ok_or_else(damaged);
        // Grey images have no tables for colours, and don't use them.
        let brightness = needed(brightness)?;
        let bright_details = needed(bright_details)?;
        let colour = colour.unwrap_or_else(|| brightness.clone());
        let colour_details = colour_details.unwrap_or_else(|| bright_details.clone());
        Ok(Self { means: [brightness, colour], details: [bright_details, colour_details] })
    }

    /// Copies a stretch of a row behind others, of which it gets the means, and leaves its own.
    pub(crate) fn join(
        &self,
        codes: &[u8],
        (from, to): (Cut, Cut),
        means: &mut [i16; 3],
        blocks: &[u8],
        out: &mut Bits<'_>,
    ) -> Result<(), Error> {
        let mut begin = Place::from(from);
        if from.means != *means {
            begin = self.begin(codes, (begin, from.means), *means, blocks, out)?;
        }
        out.copy(codes, begin, to.into())?;
        *means = to.means;
        Ok(())
    }

    /// Copies blocks with other means before them, until there was one of each component.
    fn begin(
        &self,
        codes: &[u8],
        (from, before): (Place, [i16; 3]),
        means: [i16; 3],
        blocks: &[u8],
        out: &mut Bits<'_>,
    ) -> Result<Place, Error> {
        let mut codes = Codes::new(codes, from);
        let mut last = None;
        for (n, component) in blocks.iter().enumerate() {
            let (c, table) = (usize::from(*component), usize::from(*component > 0));
            if last == Some(component) {
                self.means[table].copy(&mut codes, out)?;
            } else {
                let shift = i32::from(before[c]) - i32::from(means[c]);
                self.means[table].copy_moved(shift, &mut codes, out)?;
            }
            if n + 1 == blocks.len() {
                break;
            }
            last = Some(component);
            self.details[table].copy_details(&mut codes, out)?;
        }
        Ok(codes.place())
    }
}

/// The components of the blocks that are coded together.
pub(crate) fn blocks(gray: bool, chroma: Chroma) -> &'static [u8] {
    match (gray, chroma) {
        (true, _) => &[0],
        (false, Chroma::Half) => &[0, 0, 0, 0, 1, 2],
        (false, Chroma::Full) => &[0, 1, 2],
    }
}

impl Table {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, Error> {
        let mut table = Self {
            short: [(0, 0); 256],
            long: [(0, 0); 17],
            symbols: symbols.to_vec(),
            codes: [(0, 0); 12],
        };
        let (mut code, mut number) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            table.long[length as usize].1 = number as i32 - code as i32;
            for symbol in &symbols[number..][..usize::from(*count)] {
                if code >> length > 0 {
                    return Err(damaged());
                }
                if let Some(own) = table.codes.get_mut(usize::from(*symbol)) {
                    *own = (code as u16, length as u8);
                }
                if length <= 8 {
                    let first = (code << (8 - length)) as usize;
                    table.short[first..][..1 << (8 - length)].fill((length as u8, *symbol));
                }
                code += 1;
            }
            number += usize::from(*count);
            table.long[length as usize].0 = code << (16 - length);
            code <<= 1;
        }
        Ok(table)
    }

    /// The length and the symbol of the next code.
    fn next(&self, bits: u64) -> Result<(u32, u8), Error> {
        let (length, symbol) = self.short[(bits >> 56) as usize];
        if length > 0 {
            return Ok((length.into(), symbol));
        }
        let next = (bits >> 48) as u32;
        let length = (9..=16).find(|length| next < self.long[*length].0).ok_or_else(damaged)?;
        let number = (next >> (16 - length)) as i32 + self.long[length].1;
        let symbol = usize::try_from(number).ok().and_then(|number| self.symbols.get(number));
        Ok((length as u32, *symbol.ok_or_else(damaged)?))
    }

    /// Copies a code and the bits that belong to it, and says what the code was.
    fn copy(&self, codes: &mut Codes<'_>, out: &mut Bits<'_>) -> Result<u8, Error> {
        let bits = codes.look();
        let (length, symbol) = self.next(bits)?;
        let length = length + u32::from(symbol & 15);
        out.put(bits >> (64 - length), length);
        codes.skip(length);
        Ok(symbol)
    }

    /// Copies a difference of means that is larger by so much.
    fn copy_moved(
        &self,
        shift: i32,
        codes: &mut Codes<'_>,
        out: &mut Bits<'_>,
    ) -> Result<(), Error> {
        let bits = codes.look();
        let (length, size) = self.next(bits)?;
        let size = u32::from(size & 15);
        let value = bits << length >> 1 >> (63 - size);
        let is_negative = size > 0 && value >> (size - 1) == 0;
        let difference = value as i32 - if is_negative { (1 << size) - 1 } else { 0 } + shift;
        codes.skip(length + size);

        let size = 32 - difference.unsigned_abs().leading_zeros();
        let (code, length) = self.codes.get(size as usize).copied().unwrap_or_default();
        if length == 0 {
            return Err(damaged());
        }
        out.put(code.into(), length.into());
        let value = if difference < 0 { difference - 1 } else { difference };
        out.put(u64::from(value as u32) & ((1 << size) - 1), size);
        Ok(())
    }

    /// Copies all of a block behind its mean.
    fn copy_details(&self, codes: &mut Codes<'_>, out: &mut Bits<'_>) -> Result<(), Error> {
        let mut n = 1;
        while n < 64 {
            match self.copy(codes, out)? {
                0 => break,
                symbol => n += 1 + (symbol >> 4),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_hold_nothing_are_damaged() {
        for tables in [
            &b"\xFF\xD8\xFF\xC4\x00\x00\xFF\xD9"[..],
            b"\xFF\xD8\xFF\xC4\x00\x01\xFF\xD9",
            b"\xFF\xD8\xFF\xC4\x00\x02\xFF\xD9",
            b"\xFF\xD8\xFF\xC4\x00\x03\x00\xFF\xD9",
            b"\xFF\xD8\xFF\xC4",
            b"\xFF\xD8\xFF\xD9",
        ] {
            assert!(Huffman::read(tables).is_err(), "{tables:x?}");
        }
    }
}
