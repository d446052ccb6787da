//! From the bits of a row to numbers that use the full range of a byte or of two.
//!
//! | samples | become |
//! | --- | --- |
//! | unsigned, up to 8 bits | bytes, the largest number becoming 255 |
//! | unsigned, 9 to 64 bits | 16 bits, the largest number becoming 65535 |
//! | signed, floating point | 16 bits, by the [`Range`] that the image uses |

use super::layout::{Format, Layout};
use super::range::Range;

/// How to understand one sample.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Byte,
    /// Up to 8 bits: the byte for each number.
    Few {
        bits: u32,
        table: Box<[u8; 256]>,
    },
    Word {
        big_endian: bool,
    },
    /// 9 to 15 bits.
    Odd {
        bits: u32,
    },
    /// Anything else, through a floating-point number.
    Wide(Number),
}

/// A number wider than it need be, or not a whole one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub(super) bits: u32,
    pub(super) format: Format,
    pub(super) big_endian: bool,
}

impl Kind {
    pub(super) fn of(layout: &Layout) -> Self {
        let (bits, big_endian) = (layout.bits, layout.big_endian);
        match (layout.format, bits) {
            (Format::Unsigned, 8) => Self::Byte,
            (Format::Unsigned, 1..=7) => {
                let max = (1_u32 << bits) - 1;
                let scaled = |i: usize| ((i as u32 & max) * 255 + max / 2) / max;
                Self::Few { bits, table: Box::new(std::array::from_fn(|i| scaled(i) as u8)) }
            }
            (Format::Unsigned, 16) => Self::Word { big_endian },
            (Format::Unsigned, 9..=15) => Self::Odd { bits },
            (format, _) => Self::Wide(Number { bits, format, big_endian }),
        }
    }

    /// Lab always becomes 16 bits, a byte filling both halves.
    pub(super) fn of_lab(layout: &Layout) -> Self {
        let (bits, big_endian) = (layout.bits, layout.big_endian);
        match bits {
            16 => Self::Word { big_endian },
            _ => Self::Wide(Number { bits, format: Format::Unsigned, big_endian }),
        }
    }

    /// Whether a sample becomes a byte, not two.
    pub(super) fn is_small(&self) -> bool {
        matches!(self, Self::Byte | Self::Few { .. })
    }
}

/// Numbers of up to 32 bits, packed from the highest bit on.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
    word: u64,
    have: u32,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, word: 0, have: 0 }
    }

    pub(super) fn take(&mut self, bits: u32) -> u32 {
        while self.have < bits {
            let byte = self.bytes.get(self.at).copied().unwrap_or(0);
            self.word = self.word << 8 | u64::from(byte);
            self.at += 1;
            self.have += 8;
        }
        self.have -= bits;
        (self.word >> self.have & ((1_u64 << bits) - 1)) as u32
    }
}

/// Writes every `step`th of `out` from the packed bytes.
pub(super) fn bytes(kind: &Kind, packed: &[u8], out: &mut [u8], step: usize) {
    let places = out.iter_mut().step_by(step);
    match kind {
        Kind::Byte => places.zip(packed).for_each(|(place, byte)| *place = *byte),
        Kind::Few { bits: 1, table } if step == 1 => {
            for (eight, byte) in out.chunks_mut(8).zip(packed) {
                let bit = |i: usize| table[usize::from(byte >> (7 - i) & 1)];
                eight.iter_mut().enumerate().for_each(|(i, place)| *place = bit(i));
            }
        }
        Kind::Few { bits, table } => {
            let mut reader = BitReader::new(packed);
            places.for_each(|place| *place = table[reader.take(*bits) as usize]);
        }
        Kind::Word { .. } | Kind::Odd { .. } | Kind::Wide(_) => {} // not small
    }
}

/// The same for 16 bits.
pub(super) fn words(kind: &Kind, range: Range, packed: &[u8], out: &mut [u16], step: usize) {
    let places = out.iter_mut().step_by(step);
    match kind {
        Kind::Byte | Kind::Few { .. } => {} // small
        Kind::Word { big_endian } => {
            let word = if *big_endian { u16::from_be_bytes } else { u16::from_le_bytes };
            let pairs = packed.as_chunks::<2>().0;
            places.zip(pairs).for_each(|(place, pair)| *place = word(*pair));
        }
        Kind::Odd { bits } => {
            let max = (1_u32 << bits) - 1;
            let mut reader = BitReader::new(packed);
            places.for_each(|place| *place = ((reader.take(*bits) * 65535 + max / 2) / max) as u16);
        }
        Kind::Wide(number) => {
            places.zip(number.each(packed)).for_each(|(place, value)| *place = range.place(value));
        }
    }
}

/// Numbers as they are: indices into a palette.
pub(super) fn indices(layout: &Layout, packed: &[u8], out: &mut [u16], step: usize) {
    let places = out.iter_mut().step_by(step);
    if layout.bits == 16 && !layout.big_endian {
        let pairs = packed.as_chunks::<2>().0;
        places.zip(pairs).for_each(|(place, pair)| *place = u16::from_le_bytes(*pair));
        return;
    }
    let mut reader = BitReader::new(packed);
    places.for_each(|place| *place = reader.take(layout.bits.min(16)) as u16);
}

impl Number {
    /// The packed numbers, one after the other.
    pub(super) fn each<'a>(self, packed: &'a [u8]) -> impl Iterator<Item = f64> + 'a {
        let width = (self.bits / 8).max(1) as usize;
        let whole = self.bits.is_multiple_of(8);
        let mut reader = BitReader::new(packed);
        (0..packed.len() * 8 / self.bits as usize).map(move |i| {
            let raw = if whole {
                self.whole(&packed[i * width..(i + 1) * width])
            } else {
                u64::from(reader.take(self.bits))
            };
            self.value(raw)
        })
    }

    fn whole(self, bytes: &[u8]) -> u64 {
        let fold = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        if self.big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) }
    }

    fn value(self, raw: u64) -> f64 {
        match (self.format, self.bits) {
            (Format::Unsigned, _) => raw as f64,
            (Format::Signed, bits) => ((raw << (64 - bits)) as i64 >> (64 - bits)) as f64,
            (Format::Float, 16) => small_float(raw, 5, 10),
            (Format::Float, 24) => small_float(raw, 7, 16),
            (Format::Float, 32) => f64::from(f32::from_bits(raw as u32)),
            (Format::Float, _) => f64::from_bits(raw),
        }
    }
}

/// A floating-point number with so many bits of exponent and mantissa, as IEEE 754 has it.
fn small_float(raw: u64, exponent_bits: u32, mantissa_bits: u32) -> f64 {
    let mantissa = (raw & ((1 << mantissa_bits) - 1)) as f64 / f64::from(1_u32 << mantissa_bits);
    let top = (1_i32 << exponent_bits) - 1;
    let exponent = (raw >> mantissa_bits) as i32 & top;
    let bias = top / 2;
    let size = match exponent {
        0 => mantissa * f64::from(1 - bias).exp2(),
        e if e == top && mantissa == 0.0 => f64::INFINITY,
        e if e == top => f64::NAN,
        e => (1.0 + mantissa) * f64::from(e - bias).exp2(),
    };
    if raw >> (exponent_bits + mantissa_bits) & 1 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_number_is_white_at_every_depth() {
        for bits in 9..16 {
            let mut out = [0; 2];
            words(&Kind::Odd { bits }, Range::default(), &[0xff; 8], &mut out, 1);
            assert_eq!(out, [65535; 2], "{bits} bits");
        }
    }

    #[test]
    fn half_floats_have_their_usual_values() {
        for (raw, value) in
            [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_953_125), (1, 2_f64.powi(-24))]
        {
            assert_eq!(small_float(raw, 5, 10), value);
        }
        assert!(small_float(0x7e00, 5, 10).is_nan());
    }

    #[test]
    fn signed_numbers_keep_their_sign() {
        let number = Number { bits: 24, format: Format::Signed, big_endian: false };
        let values: Vec<f64> = number.each(&[0xff, 0xff, 0xff, 0x01, 0, 0]).collect();
        assert_eq!(values, [-1.0, 1.0]);
    }
}
