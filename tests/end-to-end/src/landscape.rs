use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use anyhow::Result;

use crate::output_of;

/// A landscape of this size as a PPM: fractal noise with creases and grain, which weighs on codecs as a photograph
/// does. The same on every machine.
pub fn landscape(folder: &Path, width: u32, height: u32) -> Result<PathBuf> {
    let path = folder.join(format!("landscape-{width}x{height}.ppm"));
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
    write!(file, "P6\n{width} {height}\n255\n")?;
    let mut grain = Random(0x5eed);
    let mut row = vec![[0; 3]; width as usize];
    for y in 0..height as usize {
        let line = &TEXTURE[y % SIDE * SIDE..][..SIDE];
        // The light falls off towards the foot.
        let light = 30.0 - 60.0 * y as f32 / height as f32;
        for (pixel, colour) in row.iter_mut().zip(line.iter().cycle()) {
            let light = light + grain.signed() * GRAIN;
            *pixel = colour.map(|value| (value + light) as u8);
        }
        file.write_all(row.as_flattened())?;
    }
    file.flush()?;
    Ok(path)
}

/// The same in another format, by libvips; `options` as it spells them: `[Q=90]`.
pub fn landscape_in(folder: &Path, extent: (u32, u32), options: &str) -> Result<PathBuf> {
    let (name, brackets) = options.split_once('[').unwrap_or((options, "]"));
    let pixels = landscape(folder, extent.0, extent.1)?;
    let path = pixels.with_extension(name);
    let target = format!("{}[{brackets}", path.display());
    output_of(Command::new("vips").arg("copy").arg(&pixels).arg(target))?;
    std::fs::remove_file(pixels)?;
    Ok(path)
}

/// The side of the texture, which repeats without a seam.
const SIDE: usize = 1024;
/// How far grain moves a pixel at most, in steps of 255.
const GRAIN: f32 = 6.0;

static TEXTURE: LazyLock<Vec<[f32; 3]>> = LazyLock::new(|| {
    let brightness = octaves(1, 2..10, 80.0);
    let [red, blue] = [octaves(2, 1..6, 40.0), octaves(3, 1..6, 40.0)];
    let mix = brightness.iter().zip(red).zip(blue);
    mix.map(|((light, red), blue)| [120.0 + light + red, 125.0 + light, 115.0 + light + blue])
        .collect()
});

/// Noise of many scales; each octave has twice the detail of the one before, and half the strength.
fn octaves(seed: u64, scales: std::ops::Range<u32>, strength: f32) -> Vec<f32> {
    let mut sum = vec![0.0; SIDE * SIDE];
    let first = scales.start;
    for scale in scales {
        let points = 1 << scale;
        let mut random = Random(seed * 1000 + u64::from(scale));
        let lattice: Vec<f32> = (0..points * points).map(|_| random.signed()).collect();
        let strength = strength / (1 << (scale - first)) as f32;
        let is_creased = scale % 2 == 1;
        for (index, value) in sum.iter_mut().enumerate() {
            let noise = smooth(&lattice, points, index % SIDE, index / SIDE);
            let shape = if is_creased { 0.5 - 2.0 * noise.abs() } else { noise };
            *value += strength * shape;
        }
    }
    sum
}

/// The lattice between its points.
fn smooth(lattice: &[f32], points: usize, x: usize, y: usize) -> f32 {
    let cell = SIDE / points;
    let ease = |at: usize| {
        let t = (at % cell) as f32 / cell as f32;
        t * t * (3.0 - 2.0 * t)
    };
    let at = |column: usize, row: usize| lattice[row % points * points + column % points];
    let (column, row) = (x / cell, y / cell);
    let between = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let upper = between(at(column, row), at(column + 1, row), ease(x));
    let lower = between(at(column, row + 1), at(column + 1, row + 1), ease(x));
    between(upper, lower, ease(y))
}

/// Numbers without a pattern, by xorshift: the same sequence for the same seed.
pub struct Random(pub u64);

impl Random {
    fn draw(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From 0 up to, not including, `end`.
    pub fn below(&mut self, end: u32) -> u32 {
        (((self.draw() >> 32) * u64::from(end)) >> 32) as u32
    }

    fn signed(&mut self) -> f32 {
        (self.draw() >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs};

    use super::*;

    #[test]
    fn a_landscape_is_the_same_each_time_and_has_many_shades() {
        let folder = tempfile::tempdir().unwrap();
        let made = [(); 2].map(|()| fs::read(landscape(folder.path(), 300, 200).unwrap()).unwrap());
        assert!(made[0] == made[1]);
        let shades: BTreeSet<u8> = made[0].iter().copied().collect();
        assert!(shades.len() > 150, "{} shades", shades.len());
    }

    #[test]
    fn numbers_stay_below_their_end() {
        let mut random = Random(1);
        let numbers: BTreeSet<u32> = (0..1000).map(|_| random.below(10)).collect();
        assert_eq!(numbers, (0..10).collect());
    }
}
