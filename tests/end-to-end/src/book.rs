use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

const WIDTH: usize = 300;
const HEIGHT: usize = 400;
/// The margin around what is written, and how far apart lines are.
const MARGIN: usize = 30;
const LEADING: usize = 14;
/// How many pixels one dot of a digit is wide and high.
const DOT: usize = 12;

/// The digits, three dots wide and five high, the top row first.
const DIGITS: [[u8; 5]; 10] = [
    [0b111, 0b101, 0b101, 0b101, 0b111],
    [0b010, 0b110, 0b010, 0b010, 0b111],
    [0b111, 0b001, 0b111, 0b100, 0b111],
    [0b111, 0b001, 0b111, 0b001, 0b111],
    [0b101, 0b101, 0b111, 0b001, 0b001],
    [0b111, 0b100, 0b111, 0b001, 0b111],
    [0b111, 0b100, 0b111, 0b101, 0b111],
    [0b111, 0b001, 0b010, 0b010, 0b010],
    [0b111, 0b101, 0b111, 0b101, 0b111],
    [0b111, 0b101, 0b111, 0b001, 0b111],
];

/// A page of a book, small, in a BMP: its number, and lines below it.
pub fn book_page(folder: &Path, number: usize) -> Result<PathBuf> {
    let paper = [200 + number % 40, 225 + number % 25, 235 + number % 20].map(|part| part as u8);
    let mut pixels = vec![paper; WIDTH * HEIGHT];
    let mut fill = |left: usize, top: usize, width: usize, height: usize| {
        for y in top..(top + height).min(HEIGHT) {
            let row = y * WIDTH;
            pixels[row + left.min(WIDTH)..row + (left + width).min(WIDTH)].fill([40, 40, 60]);
        }
    };
    for (place, digit) in number.to_string().bytes().enumerate() {
        let left = MARGIN + place * 4 * DOT;
        for (y, dots) in DIGITS[usize::from(digit - b'0')].into_iter().enumerate() {
            for x in (0..3).filter(|x| dots >> (2 - x) & 1 == 1) {
                fill(left + x * DOT, MARGIN + y * DOT, DOT, DOT);
            }
        }
    }
    for (line, top) in (MARGIN * 4..HEIGHT - MARGIN).step_by(LEADING).enumerate() {
        let is_short = line % 6 == 5;
        let width = if is_short { 90 + number * 7 % 90 } else { WIDTH - 2 * MARGIN };
        fill(MARGIN, top, width, 4);
    }
    let path = folder.join(format!("page-{number}.bmp"));
    fs::write(&path, bmp(&pixels))?;
    Ok(path)
}

/// Rows of blue, green and red, the last one first.
fn bmp(pixels: &[[u8; 3]]) -> Vec<u8> {
    const HEAD: usize = 54;
    let mut file = Vec::with_capacity(HEAD + pixels.len() * 3);
    file.extend(b"BM");
    for field in
        [HEAD + pixels.len() * 3, 0, HEAD, 40, WIDTH, HEIGHT, 1 | 24 << 16, 0, 0, 0, 0, 0, 0]
    {
        file.extend((field as u32).to_le_bytes());
    }
    file.extend(pixels.rchunks(WIDTH).flatten().flatten());
    file
}
