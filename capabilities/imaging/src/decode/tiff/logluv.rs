//! Greg Ward's log encodings of light: LogL of 16 bits, LogLuv of 24 and 32, shown as sRGB.
//!
//! A luminance of 1 is white, as libvips has it. Where that would leave the picture all dark or all
//! white, the exposure is set so that the average (of logarithms) becomes a middle grey.

use super::range::encode;

/// Averages between which a picture is taken to be exposed already.
const EXPOSED: std::ops::Range<f64> = 0.01..0.9;
const MIDDLE_GREY: f64 = 0.18;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Log {
    L16,
    Luv24,
    Luv32,
}

impl Log {
    /// Luminance, and the u'v' chromaticity.
    fn light(self, pixel: u32) -> (f64, [f64; 2]) {
        match self {
            Self::L16 => (luminance_16(pixel), [0.0; 2]),
            Self::Luv24 => {
                let exponent = f64::from(pixel >> 14 & 0x3ff);
                let y = if exponent == 0.0 { 0.0 } else { ((exponent + 0.5) / 64.0 - 12.0).exp2() };
                (y, chromaticity(pixel & 0x3fff))
            }
            Self::Luv32 => {
                let uv = [pixel >> 8 & 0xff, pixel & 0xff].map(|c| (f64::from(c) + 0.5) / 410.0);
                (luminance_16(pixel >> 16), uv)
            }
        }
    }
}

/// A sign, and the logarithm in steps of 1/256.
fn luminance_16(bits: u32) -> f64 {
    match bits & 0x7fff {
        0 => 0.0,
        _ if bits & 0x8000 != 0 => 0.0, // negative light is dark
        exponent => ((f64::from(exponent) + 0.5) / 256.0 - 64.0).exp2(),
    }
}

/// How much light there is, so that it can be shown.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exposure {
    sum: f64,
    count: f64,
}

impl Exposure {
    pub(super) fn add(&mut self, log: Log, pixel: u32) {
        let (y, _) = log.light(pixel);
        if y > 0.0 {
            self.sum += y.ln();
            self.count += 1.0;
        }
    }

    pub(super) fn factor(&self) -> f64 {
        let average = (self.sum / self.count.max(1.0)).exp();
        if self.count == 0.0 || EXPOSED.contains(&average) { 1.0 } else { MIDDLE_GREY / average }
    }
}

fn to_word(light: f64) -> u16 {
    (encode(light.clamp(0.0, 1.0)) * 65535.0 + 0.5) as u16
}

pub(super) fn gray(pixel: u32, factor: f64) -> u16 {
    to_word(Log::L16.light(pixel).0 * factor)
}

/// The encodings' white is of equal energy; sRGB's is D65.
pub(super) fn rgb(log: Log, pixel: u32, factor: f64) -> [u16; 3] {
    let (y, [u, v]) = log.light(pixel);
    let y = y * factor;
    let (x, z) = (y * 9.0 * u / (4.0 * v), y * (12.0 - 3.0 * u - 20.0 * v) / (4.0 * v));
    let (x, z) = (x * 0.950_47, z * 1.088_83);
    [
        to_word(3.240_625 * x - 1.537_208 * y - 0.498_629 * z),
        to_word(-0.968_931 * x + 1.875_756 * y + 0.041_518 * z),
        to_word(0.055_710 * x - 0.204_021 * y + 1.056_996 * z),
    ]
}

/// The side of a cell of chromaticity, and where the first row of cells begins.
const CELL: f64 = 0.0035;
const FIRST_V: f64 = 0.01694;
/// Cells of chromaticities that nobody sees are read as white.
const WHITE: [f64; 2] = [4.0 / 19.0, 9.0 / 19.0];

/// The cell with this number, counting along rows of equal v'.
fn chromaticity(index: u32) -> [f64; 2] {
    let mut index = index;
    for (row, (start, cells)) in ROWS.iter().enumerate() {
        if index < u32::from(*cells) {
            let u = f64::from(*start) * 1e-6 + CELL * (f64::from(index) + 0.5);
            return [u, FIRST_V + CELL * (row as f64 + 0.5)];
        }
        index -= u32::from(*cells);
    }
    WHITE
}

/// Where each row of cells begins in u', in millionths, and how many cells it has.
const ROWS: [(u32, u16); 163] = [
    (247663, 4),
    (243779, 6),
    (241684, 7),
    (237874, 9),
    (235906, 10),
    (232153, 12),
    (228352, 14),
    (226259, 15),
    (222371, 17),
    (220410, 18),
    (214710, 21),
    (212714, 22),
    (210721, 23),
    (204976, 26),
    (202986, 27),
    (199245, 29),
    (195525, 31),
    (193560, 32),
    (189878, 34),
    (186216, 36),
    (186216, 36),
    (182592, 38),
    (179003, 40),
    (175466, 42),
    (172001, 44),
    (172001, 44),
    (168612, 46),
    (168612, 46),
    (163575, 49),
    (158642, 52),
    (158642, 52),
    (158642, 52),
    (153815, 55),
    (153815, 55),
    (149097, 58),
    (149097, 58),
    (142746, 62),
    (142746, 62),
    (142746, 62),
    (138270, 65),
    (138270, 65),
    (138270, 65),
    (132166, 69),
    (132166, 69),
    (126204, 73),
    (126204, 73),
    (126204, 73),
    (120381, 77),
    (120381, 77),
    (120381, 77),
    (120381, 77),
    (112962, 82),
    (112962, 82),
    (112962, 82),
    (107450, 86),
    (107450, 86),
    (107450, 86),
    (107450, 86),
    (100343, 91),
    (100343, 91),
    (100343, 91),
    (95126, 95),
    (95126, 95),
    (95126, 95),
    (95126, 95),
    (88276, 100),
    (88276, 100),
    (88276, 100),
    (88276, 100),
    (81523, 105),
    (81523, 105),
    (81523, 105),
    (81523, 105),
    (74861, 110),
    (74861, 110),
    (74861, 110),
    (74861, 110),
    (68290, 115),
    (68290, 115),
    (68290, 115),
    (68290, 115),
    (63573, 119),
    (63573, 119),
    (63573, 119),
    (63573, 119),
    (57219, 124),
    (57219, 124),
    (57219, 124),
    (57219, 124),
    (50985, 129),
    (50985, 129),
    (50985, 129),
    (50985, 129),
    (50985, 129),
    (44859, 134),
    (44859, 134),
    (44859, 134),
    (44859, 134),
    (40571, 138),
    (40571, 138),
    (40571, 138),
    (40571, 138),
    (36339, 142),
    (36339, 142),
    (36339, 142),
    (36339, 142),
    (32139, 146),
    (32139, 146),
    (32139, 146),
    (32139, 146),
    (27947, 150),
    (27947, 150),
    (27947, 150),
    (23739, 154),
    (23739, 154),
    (23739, 154),
    (23739, 154),
    (19504, 158),
    (19504, 158),
    (19504, 158),
    (16976, 161),
    (16976, 161),
    (16976, 161),
    (16976, 161),
    (12639, 165),
    (12639, 165),
    (12639, 165),
    (9991, 168),
    (9991, 168),
    (9991, 168),
    (9016, 170),
    (9016, 170),
    (9016, 170),
    (6217, 173),
    (6217, 173),
    (5097, 175),
    (5097, 175),
    (5097, 175),
    (3909, 177),
    (3909, 177),
    (2340, 177),
    (2389, 170),
    (1068, 164),
    (1653, 157),
    (717, 150),
    (1614, 143),
    (270, 136),
    (484, 129),
    (1103, 123),
    (1242, 115),
    (1188, 109),
    (1011, 103),
    (709, 97),
    (301, 89),
    (2416, 82),
    (3251, 76),
    (3246, 69),
    (4141, 62),
    (5963, 55),
    (8839, 47),
    (10490, 40),
    (16994, 31),
    (23659, 21),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cells_cover_what_is_seen() {
        assert_eq!(ROWS.iter().map(|row| u32::from(row.1)).sum::<u32>(), 16_289);
        assert_eq!(chromaticity(16_289), WHITE);
    }

    #[test]
    fn white_light_is_white() {
        let one = 64 * 256; // the logarithm of 1
        let (u, v) = ((WHITE[0] * 410.0) as u32, (WHITE[1] * 410.0) as u32);
        let white = rgb(Log::Luv32, one << 16 | u << 8 | v, 1.0);
        assert!(white.iter().all(|c| *c > 65_000), "{white:?}");
        assert_eq!(gray(one, 1.0), 65535);
    }
}
