use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{output_of, recto::Answer};

/// What an image looks like, as libvips sees it: upright, in sRGB, on white.
pub struct Picture {
    pub extent: (u32, u32),
    pixels: Vec<[u8; 3]>,
}

/// How far two pictures are apart, in steps of 255: cells of 8 x 8 pixels are averaged, and compared by channel.
///
/// Averages forgive what JPEG does to single pixels, and nothing that is turned, shifted, cut or tinted.
#[derive(Debug, Clone, Copy)]
pub struct Distance {
    pub mean: f64,
    pub worst: f64,
}

const CELL: u32 = 8;

impl Picture {
    /// Decodes a file with the reference decoder.
    pub fn of_file(path: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let pixels = folder.path().join("pixels.ppm");
        let header = output_of(Command::new("vipsheader").arg("-a").arg(path))?;
        let header = String::from_utf8_lossy(&header.stdout).into_owned();
        let field =
            |name: &str| header.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(": "));
        let (width, height) = field("width").zip(field("height")).context("no extent")?;
        let is_turned = matches!(field("orientation"), Some("5" | "6" | "7" | "8"));
        let (width, height) = if is_turned { (height, width) } else { (width, height) };
        // A "thumbnail" of the natural size is the whole image, with every step of correct display applied.
        let mut vips = Command::new("vips");
        vips.arg("thumbnail").arg(path).arg(format!("{}[background=255]", pixels.display()));
        vips.args([width, "--height", height, "--size", "force"]);
        // Only where it is needed: the way through a profile tints greys by up to 6 steps.
        if field("icc-profile-data").is_some() {
            vips.args(["--export-profile", "srgb"]);
        }
        output_of(&mut vips)?;
        Self::of_ppm(&std::fs::read(&pixels)?)
    }

    /// The reference as it looks when it is kept as Recto keeps access copies: a JPEG of quality 90, with 4:2:0 chroma.
    pub fn kept(&self) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let [pixels, kept] = ["pixels.ppm", "kept.jpg"].map(|name| folder.path().join(name));
        let mut ppm = format!("P6\n{} {}\n255\n", self.extent.0, self.extent.1).into_bytes();
        ppm.extend(self.pixels.as_flattened());
        std::fs::write(&pixels, ppm)?;
        let options = format!("{}[Q=90,subsample-mode=on]", kept.display());
        output_of(Command::new("vips").arg("copy").arg(&pixels).arg(options))?;
        Self::of_file(&kept)
    }

    pub fn of_answer(answer: &Answer) -> Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), &answer.body)?;
        Self::of_file(file.path()).with_context(|| format!("{} shows no image", answer.url))
    }

    /// A part of the picture; what lies outside is cut off.
    pub fn crop(&self, x: u32, y: u32, w: u32, h: u32) -> Self {
        let (w, h) = (w.min(self.extent.0 - x), h.min(self.extent.1 - y));
        let rows = (y..y + h).map(|row| (row * self.extent.0 + x) as usize);
        let pixels = rows.flat_map(|start| self.pixels[start..start + w as usize].iter().copied());
        Self { extent: (w, h), pixels: pixels.collect() }
    }

    /// Grey, but for what a JPEG in colour rounds.
    pub fn is_gray(&self) -> bool {
        self.pixels.iter().all(|[r, g, b]| r.abs_diff(*g) <= 3 && g.abs_diff(*b) <= 3)
    }

    /// Its colour, as seen from afar.
    pub fn mean(&self) -> [f64; 3] {
        let count = self.pixels.len() as f64;
        let sum =
            |channel: usize| self.pixels.iter().map(|pixel| f64::from(pixel[channel])).sum::<f64>();
        [0, 1, 2].map(|channel| sum(channel) / count)
    }

    pub fn distance(&self, other: &Self) -> Result<Distance> {
        ensure!(self.extent == other.extent, "{:?} is not {:?}", self.extent, other.extent);
        let (mine, theirs) = (self.cells(), other.cells());
        let differences: Vec<f64> = mine
            .iter()
            .flatten()
            .zip(theirs.iter().flatten())
            .map(|(a, b)| (a - b).abs())
            .collect();
        Ok(Distance {
            mean: differences.iter().sum::<f64>() / differences.len() as f64,
            worst: differences.iter().copied().fold(0.0, f64::max),
        })
    }

    fn cells(&self) -> Vec<[f64; 3]> {
        let (w, h) = self.extent;
        let columns = w.div_ceil(CELL);
        let mut sums = vec![([0u32; 3], 0u32); (columns * h.div_ceil(CELL)) as usize];
        for (index, pixel) in (0..).zip(&self.pixels) {
            let (x, y) = (index % w, index / w);
            let (sum, count) = &mut sums[(y / CELL * columns + x / CELL) as usize];
            sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
            *count += 1;
        }
        sums.iter().map(|(sum, count)| sum.map(|sum| f64::from(sum) / f64::from(*count))).collect()
    }

    fn of_ppm(bytes: &[u8]) -> Result<Self> {
        let mut at = 0;
        let mut numbers = Vec::new();
        ensure!(bytes.starts_with(b"P6"), "not a PPM");
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            let text = std::str::from_utf8(line).context("not the head of a PPM")?;
            if !text.starts_with('#') {
                numbers.extend(text.split_whitespace().filter_map(|word| word.parse::<u32>().ok()));
            }
            if numbers.len() == 3 {
                break;
            }
        }
        let [w, h, 255] = numbers[..] else { anyhow::bail!("not a PPM of 8 bits: {numbers:?}") };
        let (pixels, _) = bytes[at..].as_chunks();
        ensure!(pixels.len() == (w * h) as usize, "{} pixels are not {w} x {h}", pixels.len());
        Ok(Self { extent: (w, h), pixels: pixels.to_vec() })
    }
}

/// Width and height, as a JPEG's frame header states them.
pub fn jpeg_extent(jpeg: &[u8]) -> Option<(u32, u32)> {
    let mut rest = jpeg.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, high, low, segment @ ..] = rest else { return None };
        let number =
            |at: usize| Some(u32::from(*segment.get(at)?) << 8 | u32::from(*segment.get(at + 1)?));
        if matches!(marker, 0xc0..=0xc2) {
            return Some((number(3)?, number(1)?));
        }
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = segment.get(length.checked_sub(2)?..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{made_images, photo};

    #[test]
    fn a_picture_is_near_itself_in_any_format_and_far_when_turned_or_tinted() {
        let folder = tempfile::tempdir().unwrap();
        let original = Picture::of_file(&photo(folder.path(), 300, 200).unwrap()).unwrap();
        for file in made_images(folder.path()).unwrap() {
            let picture = Picture::of_file(&file).unwrap();
            let Distance { mean, worst } = picture.distance(&original).unwrap();
            let is_coloured = !picture.is_gray() && !file.ends_with("ink.jpg");
            let is_near = mean < 2.0 && worst < 30.0;
            assert_eq!(is_near, is_coloured, "{}: {mean} {worst}", file.display());
        }
        let turned = folder.path().join("turned.png");
        let original_file = folder.path().join("plain.png");
        output_of(Command::new("vips").arg("rot").args([&original_file, &turned]).arg("d180"))
            .unwrap();
        let distance = Picture::of_file(&turned).unwrap().distance(&original).unwrap();
        assert!(distance.mean > 5.0, "{distance:?}");
        let tinted = folder.path().join("tinted.png");
        output_of(
            Command::new("vips")
                .arg("linear")
                .args([&original_file, &tinted])
                .args(["1", "12 0 0", "--uchar"]),
        )
        .unwrap();
        let distance = Picture::of_file(&tinted).unwrap().distance(&original).unwrap();
        assert!(distance.mean > 2.0, "{distance:?}");
    }
}
