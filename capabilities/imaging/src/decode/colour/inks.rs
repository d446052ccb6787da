//! Cyan, magenta, yellow and black without a profile, as a usual offset press prints them.
//!
//! The colours of 81 prints are given: each ink not at all, at a middle level, and full. What lies
//! between is interpolated along all four inks. The table is fitted to the profile that libvips falls
//! back on; up to 300 % of ink the mean distance to it is 2 of 255, and a twentieth is beyond 8.

/// The middle level of each ink: where another one tells most.
const MIDDLE: [u16; 4] = [160, 144, 128, 160];

/// Steps between two levels.
const FINE: i32 = 256;

/// For each value of each ink: the level below, and how far from it to the next.
struct Steps([[(u8, u16); 256]; 4]);

impl Steps {
    const fn new() -> Self {
        let mut steps = [[(0, 0); 256]; 4];
        let mut ink = 0;
        while ink < 4 {
            let middle = MIDDLE[ink];
            let mut value = 0;
            while value < 256 {
                steps[ink][value as usize] = if value < middle {
                    (0, value * FINE as u16 / middle)
                } else {
                    (1, ((value - middle) as u32 * FINE as u32 / (255 - middle) as u32) as u16)
                };
                value += 1;
            }
            ink += 1;
        }
        Self(steps)
    }
}

static STEPS: Steps = Steps::new();

fn print(inks: [u8; 4]) -> [u8; 3] {
    let mut corners = [[0_i32; 3]; 16];
    let mut first = 0;
    let mut parts = [0_i32; 4];
    for ink in 0..4 {
        let (level, part) = STEPS.0[ink][usize::from(inks[ink])];
        first = first * 3 + usize::from(level);
        parts[ink] = i32::from(part);
    }
    // A corner's bits say which of the inks are at the next level; the last ink is the lowest bit.
    for (i, corner) in corners.iter_mut().enumerate() {
        let next = (i >> 3 & 1) * 27 + (i >> 2 & 1) * 9 + (i >> 1 & 1) * 3 + (i & 1);
        *corner = PRINTS[first + next].map(|c| i32::from(c) << 8);
    }
    let mut n = 8;
    for part in parts {
        for i in 0..n {
            let next = corners[i + n];
            for (low, high) in corners[i].iter_mut().zip(next) {
                *low += (high - *low) * part / FINE;
            }
        }
        n /= 2;
    }
    corners[0].map(|c| ((c + 128) >> 8) as u8)
}

pub(super) fn bytes(band: &[u8], alpha: bool, out: &mut [u8]) {
    let extra = usize::from(alpha);
    let mut known = ([0; 4], print([0; 4]));
    for (pixel, out) in band.chunks_exact(4 + extra).zip(out.chunks_exact_mut(3 + extra)) {
        let inks = [pixel[0], pixel[1], pixel[2], pixel[3]];
        if inks != known.0 {
            known = (inks, print(inks));
        }
        out[..3].copy_from_slice(&known.1);
        if alpha {
            out[3] = pixel[4];
        }
    }
}

pub(super) fn words(band: &[u16], alpha: bool, out: &mut [u8]) {
    let extra = usize::from(alpha);
    let byte = |word: u16| ((u32::from(word) * 255 + 32_895) >> 16) as u8;
    for (pixel, out) in band.chunks_exact(4 + extra).zip(out.chunks_exact_mut(3 + extra)) {
        out[..3].copy_from_slice(&print([0, 1, 2, 3].map(|ink| byte(pixel[ink]))));
        if alpha {
            out[3] = byte(pixel[4]);
        }
    }
}

/// sRGB of the prints: black changes fastest, then yellow, magenta, cyan.
const PRINTS: [[u8; 3]; 81] = [
    [255, 255, 255],
    [124, 110, 112],
    [39, 37, 43],
    [255, 234, 144],
    [123, 115, 87],
    [40, 38, 37],
    [255, 232, 3],
    [126, 109, 42],
    [41, 37, 36],
    [244, 127, 168],
    [115, 80, 98],
    [43, 31, 41],
    [239, 127, 117],
    [118, 76, 71],
    [39, 29, 37],
    [245, 122, 45],
    [118, 73, 38],
    [42, 30, 38],
    [230, 37, 132],
    [115, 36, 78],
    [39, 23, 39],
    [230, 40, 92],
    [115, 36, 61],
    [37, 22, 35],
    [233, 36, 41],
    [116, 37, 41],
    [42, 27, 39],
    [10, 180, 230],
    [39, 97, 113],
    [30, 37, 45],
    [59, 173, 145],
    [59, 93, 83],
    [28, 34, 39],
    [99, 166, 64],
    [67, 91, 43],
    [31, 35, 38],
    [100, 112, 167],
    [68, 69, 92],
    [28, 28, 39],
    [120, 106, 114],
    [70, 67, 71],
    [32, 31, 39],
    [122, 103, 55],
    [73, 64, 44],
    [28, 29, 38],
    [119, 45, 127],
    [68, 32, 76],
    [28, 25, 37],
    [117, 46, 94],
    [68, 33, 59],
    [29, 27, 39],
    [117, 46, 53],
    [68, 32, 42],
    [27, 25, 37],
    [0, 157, 225],
    [0, 84, 111],
    [18, 32, 43],
    [0, 149, 144],
    [0, 81, 83],
    [20, 33, 41],
    [0, 143, 64],
    [0, 79, 49],
    [22, 27, 35],
    [0, 95, 161],
    [0, 58, 91],
    [23, 27, 40],
    [0, 93, 114],
    [9, 57, 70],
    [27, 27, 38],
    [13, 89, 59],
    [20, 53, 45],
    [35, 29, 39],
    [27, 40, 123],
    [28, 30, 74],
    [23, 25, 37],
    [46, 40, 90],
    [29, 30, 59],
    [30, 30, 40],
    [50, 39, 55],
    [45, 32, 42],
    [29, 34, 43],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paper_is_white_and_inks_have_their_colours() {
        assert_eq!(print([0, 0, 0, 0]), [255, 255, 255]);
        let [r, g, b] = print([255, 0, 0, 0]);
        assert!(r < 30 && g > 120 && b > 200, "cyan is {r} {g} {b}");
        let [r, g, b] = print([0, 0, 0, 255]);
        assert!(r < 50 && g < 50 && b < 50, "black is {r} {g} {b}");
    }

    #[test]
    fn more_ink_is_never_much_lighter() {
        for ink in 0..4 {
            let mut before = 255 * 3;
            for value in 0..=255 {
                let mut inks = [0; 4];
                inks[ink] = value;
                let light = print(inks).iter().map(|c| i32::from(*c)).sum();
                assert!(light <= before + 2, "ink {ink} at {value}");
                before = light;
            }
        }
    }
}
