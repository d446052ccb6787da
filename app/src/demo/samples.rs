//! Pictures to try Recto with: the chart of an island that does not exist, and an engraving of it.
//!
//! Drawn, not shipped: they are as large as a scan, and sharp at every zoom.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;

const WIDTH: usize = 4800;
const HEIGHT: usize = 3200;

/// How far away a pixel's slope is measured, down and to the right.
const REACH: usize = 3;

/// Draws the samples into `folder`, unless they are there; answers their paths.
pub(crate) fn draw_samples(folder: &Path) -> anyhow::Result<[PathBuf; 2]> {
    let samples = ["island-chart.png", "island-engraving.png"].map(|name| folder.join(name));
    if samples.iter().all(|path| path.exists()) {
        return Ok(samples);
    }
    std::fs::create_dir_all(folder)?;
    // A half-drawn picture never stands under its name.
    let unfinished = samples.each_ref().map(|path| path.with_extension("part"));
    draw(&unfinished)?;
    for (from, to) in unfinished.iter().zip(&samples) {
        std::fs::rename(from, to).with_context(|| format!("{} can't be kept", to.display()))?;
    }
    Ok(samples)
}

fn draw([chart, engraving]: &[PathBuf; 2]) -> anyhow::Result<()> {
    let mut chart = writer(chart, png::ColorType::Rgb)?;
    let mut engraving = writer(engraving, png::ColorType::Grayscale)?;
    let mut land: VecDeque<Vec<f32>> = (0..REACH).map(elevations).collect();
    for y in 0..HEIGHT {
        land.push_back(elevations(y + REACH));
        let row = Row { y, here: &land[0], beyond: &land[REACH] };
        chart.write_all(&(0..WIDTH).flat_map(|x| row.chart(x)).collect::<Vec<_>>())?;
        engraving.write_all(&(0..WIDTH).map(|x| row.engraving(x)).collect::<Vec<_>>())?;
        land.pop_front();
    }
    chart.finish()?;
    Ok(engraving.finish()?)
}

type Writer = png::StreamWriter<'static, BufWriter<File>>;

fn writer(path: &Path, color: png::ColorType) -> anyhow::Result<Writer> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = png::Encoder::new(file, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(color);
    encoder.set_compression(png::Compression::Fast);
    Ok(encoder.write_header()?.into_stream_writer()?)
}

/// A line of the island.
struct Row<'a> {
    y: usize,
    here: &'a [f32],
    beyond: &'a [f32],
}

impl Row<'_> {
    /// Sea and land in tints by height, with contour lines and a grid of degrees.
    fn chart(&self, x: usize) -> [u8; 3] {
        let height = self.here[x];
        let is_shore = height.abs() < 0.003;
        let is_contour = (height * 50.0).fract().abs() < 0.035;
        let is_grid = x.is_multiple_of(400) || self.y.is_multiple_of(400);
        let ink = match (is_shore, is_contour, is_grid) {
            (true, _, _) => 0.25,
            (_, true, _) => 0.72,
            (_, _, true) => 0.85,
            _ => 1.0,
        };
        let shade = ink * self.relief(x);
        tint(height).map(|sample| (f32::from(sample) * shade).min(255.0) as u8)
    }

    /// Lines that swell where the land lies in shadow.
    fn engraving(&self, x: usize) -> u8 {
        let height = self.here[x];
        let darkness = match height < 0.0 {
            true => 0.12,
            false => (1.45 - self.relief(x)).clamp(0.1, 0.95),
        };
        let line = (self.y as f32 * 0.5 + height * 120.0).sin() * 0.5 + 0.5;
        let ink = ((darkness - line) * 6.0 + 0.5).clamp(0.0, 1.0);
        (244.0 - ink * 214.0) as u8
    }

    /// Light from the north-west.
    fn relief(&self, x: usize) -> f32 {
        let slope = self.beyond[x + REACH] - self.here[x];
        (1.0 + slope * 9.0).clamp(0.55, 1.2)
    }
}

/// Tints from the deep sea to the snow.
fn tint(height: f32) -> [u8; 3] {
    match height {
        h if h < -0.25 => [122, 163, 190],
        h if h < -0.12 => [147, 186, 207],
        h if h < 0.0 => [178, 208, 220],
        h if h < 0.08 => [206, 214, 168],
        h if h < 0.18 => [222, 214, 160],
        h if h < 0.30 => [217, 188, 136],
        h if h < 0.42 => [196, 154, 116],
        _ => [240, 236, 228],
    }
}

/// The heights along one line, a little beyond its end.
fn elevations(y: usize) -> Vec<f32> {
    (0..WIDTH + REACH).map(|x| elevation(x, y)).collect()
}

/// Height above the sea, roughly -0.5 to 0.6: layers of smooth noise, sinking towards the edges.
fn elevation(x: usize, y: usize) -> f32 {
    let (u, v) = (x as f32 / HEIGHT as f32, y as f32 / HEIGHT as f32);
    let (mut sum, mut weight, mut scale) = (0.0, 0.5, 3.0);
    for octave in 0..6 {
        sum += weight * noise(u * scale, v * scale, octave);
        weight *= 0.5;
        scale *= 2.1;
    }
    let (dx, dy) = (u / 1.5 - 0.5, v - 0.5);
    sum - 0.38 - (dx * dx + dy * dy) * 1.6 + 0.12
}

/// Smooth noise between 0 and 1.
fn noise(u: f32, v: f32, seed: u32) -> f32 {
    let (column, row) = (u.floor(), v.floor());
    let fade = |t: f32| t * t * (3.0 - 2.0 * t);
    let (s, t) = (fade(u - column), fade(v - row));
    let at = |dx: u32, dy: u32| corner(column as u32 + dx, row as u32 + dy, seed);
    let top = at(0, 0) * (1.0 - s) + at(1, 0) * s;
    let bottom = at(0, 1) * (1.0 - s) + at(1, 1) * s;
    top * (1.0 - t) + bottom * t
}

/// A number between 0 and 1 that only looks random.
fn corner(x: u32, y: u32, seed: u32) -> f32 {
    let mut hash =
        x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
    (hash >> 8) as f32 / (1 << 24) as f32
}
