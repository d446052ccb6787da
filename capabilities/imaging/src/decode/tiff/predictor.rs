//! Undoes what writers do to make rows pack better: differences of neighbours, and bytes of
//! floating-point numbers sorted by weight.

use super::layout::{Layout, Predictor};

/// Undoes the predictor on one row of one strip or tile, in the file's byte order.
pub(super) fn undo(layout: &Layout, row: &mut [u8]) {
    let step = layout.together();
    match layout.predictor {
        Predictor::None => {}
        Predictor::Horizontal => match layout.bits {
            8 => sum_bytes(row, step),
            16 => sum::<2>(row, step, layout.big_endian),
            24 => sum::<3>(row, step, layout.big_endian),
            32 => sum::<4>(row, step, layout.big_endian),
            64 => sum::<8>(row, step, layout.big_endian),
            bits => sum_bits(row, step, bits as usize),
        },
        Predictor::Float => gather(row, step, layout.bits as usize / 8, layout.big_endian),
    }
}

fn sum_bytes(row: &mut [u8], step: usize) {
    for i in step..row.len() {
        row[i] = row[i].wrapping_add(row[i - step]);
    }
}

/// Adds to each number of `N` bytes the one a pixel before.
fn sum<const N: usize>(row: &mut [u8], step: usize, big_endian: bool) {
    let load = |bytes: &[u8]| {
        let mut wide = [0; 8];
        if big_endian {
            wide[8 - N..].copy_from_slice(bytes);
            u64::from_be_bytes(wide)
        } else {
            wide[..N].copy_from_slice(bytes);
            u64::from_le_bytes(wide)
        }
    };
    for i in step..row.len() / N {
        let before = load(&row[(i - step) * N..(i - step + 1) * N]);
        let here = &mut row[i * N..(i + 1) * N];
        let sum = load(here).wrapping_add(before);
        if big_endian {
            here.copy_from_slice(&sum.to_be_bytes()[8 - N..]);
        } else {
            here.copy_from_slice(&sum.to_le_bytes()[..N]);
        }
    }
}

/// The same for numbers that don't begin at bytes; rare, so a bit at a time will do.
fn sum_bits(row: &mut [u8], step: usize, bits: usize) {
    let get = |row: &[u8], i: usize| {
        (i * bits..(i + 1) * bits)
            .fold(0, |n, at| n << 1 | u64::from(row[at / 8] >> (7 - at % 8) & 1))
    };
    for i in step..row.len() * 8 / bits {
        let sum = get(row, i).wrapping_add(get(row, i - step));
        for (place, at) in (i * bits..(i + 1) * bits).rev().enumerate() {
            let mask = 0x80 >> (at % 8);
            row[at / 8] =
                if sum >> place & 1 == 1 { row[at / 8] | mask } else { row[at / 8] & !mask };
        }
    }
}

/// All highest bytes come first, then the next ones, each a difference to the byte a pixel before.
fn gather(row: &mut [u8], step: usize, width: usize, big_endian: bool) {
    sum_bytes(row, step);
    let n = row.len() / width;
    let sorted = row.to_vec();
    for i in 0..n {
        for byte in 0..width {
            let place = if big_endian { byte } else { width - 1 - byte };
            row[i * width + place] = sorted[byte * n + i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_wide_numbers_carry_between_bytes() {
        let mut little = [0xff, 0x00, 0x02, 0x00];
        sum::<2>(&mut little, 1, false);
        assert_eq!(little, [0xff, 0x00, 0x01, 0x01]);
        let mut big = [0x00, 0xff, 0x00, 0x02];
        sum::<2>(&mut big, 1, true);
        assert_eq!(big, [0x00, 0xff, 0x01, 0x01]);
    }

    #[test]
    fn differences_of_odd_numbers_wrap_at_their_own_size() {
        let mut row = [0b1011_1000]; // 4-bit 11, then a difference of 8
        sum_bits(&mut row, 1, 4);
        assert_eq!(row, [0b1011_0011]);
    }
}
