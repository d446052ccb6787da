//! Reads files as the pyramid's writer does, and measures how far pictures are apart.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use iiif::image::Extent;

use super::super::{Layout, identify, open};
use crate::decode::SourceFacts;
use crate::{Error, Limits};

/// A picture with all its pixels.
pub(super) struct Decoded {
    pub(super) extent: Extent,
    pub(super) layout: Layout,
    pub(super) facts: SourceFacts,
    pub(super) pixels: Vec<u8>,
}

impl Decoded {
    pub(super) fn pixel(&self, x: u32, y: u32) -> &[u8] {
        let n = self.layout.channels();
        let at = (y as usize * self.extent.w as usize + x as usize) * n;
        &self.pixels[at..at + n]
    }

    /// As three channels, opacity laid on white.
    pub(super) fn on_white(&self) -> Vec<u8> {
        let over = |c: u8, a: u8| {
            ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a)) + 127) / 255) as u8
        };
        let pixels = self.pixels.chunks_exact(self.layout.channels());
        pixels
            .flat_map(|pixel| match *pixel {
                [g] => [g; 3],
                [g, a] => [over(g, a); 3],
                [r, g, b, a] => [over(r, a), over(g, a), over(b, a)],
                _ => [pixel[0], pixel[1], pixel[2]],
            })
            .collect()
    }
}

pub(super) fn temporary(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Error> {
    read(temporary(bytes), &Limits::default())
}

/// Reads everything, in bands of one row, two, three and so on.
pub(super) fn read(file: File, limits: &Limits) -> Result<Decoded, Error> {
    let facts = identify(&file)?;
    let mut rows = open(file, limits, None)?;
    let header = rows.header().clone();
    assert_eq!(header.extent, facts.upright(), "the header and the rows agree");
    let (row, h) = (header.row(), header.extent.h);
    let mut pixels = vec![0; row * h as usize];
    let mut rest = &mut pixels[..];
    let mut rows_at_once = 1;
    while !rest.is_empty() {
        let (now, later) = rest.split_at_mut((rows_at_once * row).min(rest.len()));
        rows.read(now)?;
        rest = later;
        rows_at_once += 1;
    }
    Ok(Decoded { extent: header.extent, layout: header.layout, facts: header.facts, pixels })
}

/// The mean and the greatest difference of two pictures' samples.
pub(super) fn distance(one: &[u8], other: &[u8]) -> (f64, u8) {
    assert_eq!(one.len(), other.len(), "the pictures have one size");
    let apart = || one.iter().zip(other).map(|(a, b)| a.abs_diff(*b));
    let sum: f64 = apart().map(f64::from).sum();
    (sum / one.len().max(1) as f64, apart().max().unwrap_or(0))
}

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The library of real images beside the repository, if there is one.
pub(super) fn library() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/images");
    if folder.join("expected.tsv").is_file() {
        return Some(folder);
    }
    println!("there is no ../shared/images: only the fixtures of this crate are tried");
    None
}

/// All files below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
