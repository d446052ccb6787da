//! The code words of ITU-T T.4 and T.6, and tables that find them by looking at the next bits.

use std::sync::LazyLock;

/// Runs of 0 to 63 white pixels.
const WHITE: &str = "00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 \
    000011 110100 110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 \
    0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 \
    00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 \
    00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 \
    01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100";

/// Runs of 64, 128, … 1728 white pixels, to be followed by one of the above.
const WHITE_LONG: &str = "11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 \
    01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 \
    011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000 010011011";

const BLACK: &str = "0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 \
    0000111 00000100 00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 \
    00001101100 00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 \
    000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 \
    000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 \
    000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 \
    000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 \
    000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 \
    000001100111";

const BLACK_LONG: &str = "0000001111 000011001000 000011001001 000001011011 000000110011 \
    000000110100 000000110101 0000001101100 0000001101101 0000001001010 0000001001011 \
    0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101 \
    0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 \
    0000001011010 0000001011011 0000001100100 0000001100101";

/// Runs of 1792, 1856, … 2560 pixels of either colour.
const LONGEST: &str = "00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 \
    000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111";

/// Bits that are enough to tell any code word.
pub(super) const RUN_BITS: u32 = 13;
pub(super) const MODE_BITS: u32 = 7;

/// A run and the length of its code word; a length of zero is no code word.
pub(super) type Run = (u16, u8);

pub(super) struct Runs {
    pub(super) white: Vec<Run>,
    pub(super) black: Vec<Run>,
}

pub(super) static RUNS: LazyLock<Runs> = LazyLock::new(|| Runs {
    white: runs(&[(WHITE, 0, 1), (WHITE_LONG, 64, 64), (LONGEST, 1792, 64)]),
    black: runs(&[(BLACK, 0, 1), (BLACK_LONG, 64, 64), (LONGEST, 1792, 64)]),
});

fn runs(lists: &[(&str, u16, u16)]) -> Vec<Run> {
    let mut table = vec![(0, 0); 1 << RUN_BITS];
    for (words, first, step) in lists {
        let lengths = (0..).map(|i| first + i * step);
        for (word, length) in words.split_whitespace().zip(lengths) {
            let (start, end) = span(word, RUN_BITS);
            table[start..end].fill((length, word.len() as u8));
        }
    }
    table
}

/// All numbers of `bits` bits that begin with the code word.
fn span(word: &str, bits: u32) -> (usize, usize) {
    let code = word.bytes().fold(0, |code, bit| code << 1 | usize::from(bit == b'1'));
    let free = bits - word.len() as u32;
    (code << free, (code + 1) << free)
}

/// How a changing element is coded against the row above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Pass,
    Horizontal,
    Vertical(i8),
    Extension,
    /// Seven zeros: an end of line or of the page, or damage.
    Zeros,
}

pub(super) static MODES: LazyLock<Vec<(Mode, u8)>> = LazyLock::new(|| {
    let mut table = vec![(Mode::Zeros, 0); 1 << MODE_BITS];
    for (word, mode) in [
        ("1", Mode::Vertical(0)),
        ("011", Mode::Vertical(1)),
        ("000011", Mode::Vertical(2)),
        ("0000011", Mode::Vertical(3)),
        ("010", Mode::Vertical(-1)),
        ("000010", Mode::Vertical(-2)),
        ("0000010", Mode::Vertical(-3)),
        ("001", Mode::Horizontal),
        ("0001", Mode::Pass),
        ("0000001", Mode::Extension),
    ] {
        let (start, end) = span(word, MODE_BITS);
        table[start..end].fill((mode, word.len() as u8));
    }
    table
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_has_a_code_word_of_its_own() {
        for table in [&RUNS.white, &RUNS.black] {
            let mut lengths: Vec<u16> = table.iter().filter(|run| run.1 > 0).map(|r| r.0).collect();
            lengths.sort_unstable();
            lengths.dedup();
            assert_eq!(lengths.len(), 64 + 40);
            assert_eq!(lengths[63..66], [63, 64, 128]);
            assert_eq!(lengths.last(), Some(&2560));
        }
    }
}
