//! Pictures within the picture: strips and tiles that are JPEG, JPEG 2000 or WebP files.

use std::io::{Cursor, Read};

use super::super::super::jpeg::Closed;
use super::super::super::problem::{truncated, unsupported};
use super::super::super::{jp2, webp};
use super::super::layout::Photometric;
use super::{Packed, Recipe, Unpack};
use crate::Error;
use crate::jpeg::{Space, Target};

const START: [u8; 2] = [0xff, 0xd8];
const END: [u8; 2] = [0xff, 0xd9];

pub(super) fn jpeg(recipe: &Recipe, mut packed: Packed, w: u32) -> Result<Box<dyn Unpack>, Error> {
    if recipe.layout.bits != 8 {
        let bits = recipe.layout.bits;
        return Err(unsupported(format!("a TIFF of JPEGs with {bits} bits in a sample, not 8")));
    }
    let head = std::io::BufRead::fill_buf(&mut packed)?;
    let explicit = says_ycc(head);
    let tables = recipe.jpeg_tables.as_deref().unwrap_or_default();
    let tables = tables.strip_prefix(&START).unwrap_or(tables);
    let tables = tables.strip_suffix(&END).unwrap_or(tables);
    let mut start = [0; 2];
    packed.read_exact(&mut start).map_err(|_| truncated())?;
    let rest = if start == START { Vec::new() } else { start.to_vec() };
    let head = [START.as_slice(), tables, &rest].concat();
    let stream = Closed::open(Cursor::new(head).chain(packed), &recipe.limits)?;
    Jpeg::new(stream, recipe, explicit, w).map(|jpeg| Box::new(jpeg) as Box<dyn Unpack>)
}

/// Whether a JPEG's colours are YCbCr by its own words: JFIF's or Adobe's segment, or coarse chroma.
fn says_ycc(head: &[u8]) -> Option<bool> {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = head.get(at..at + 4) {
        let len = usize::from(u16::from_be_bytes([*high, *low]));
        let body = head.get(at + 4..at + 2 + len)?;
        match marker {
            0xe0 if body.starts_with(b"JFIF\0") => return Some(true),
            0xee if body.starts_with(b"Adobe") => return body.get(11).map(|kind| *kind == 1),
            0xc0..=0xc2 | 0xc9 | 0xca => {
                let [_, _, _, _, _, 3, _, first, _, _, second, ..] = body else { return None };
                return (first != second).then_some(true);
            }
            0xda => return None,
            _ => at += 2 + len,
        }
    }
    None
}

/// Rows of one JPEG, cut or filled up to the width that is wanted.
pub(in super::super) struct Jpeg {
    stream: Closed,
    row: Vec<u8>,
    line: usize,
}

impl Jpeg {
    /// The TIFF's word on colours counts, unless the JPEG itself is explicit.
    pub(in super::super) fn new(
        mut stream: Closed,
        recipe: &Recipe,
        explicit: Option<bool>,
        w: u32,
    ) -> Result<Self, Error> {
        let (components, samples) = (stream.header().components, recipe.layout.together());
        if usize::from(components) != samples {
            return Err(unsupported(format!(
                "a TIFF of {samples} samples in a pixel whose JPEGs have {components}"
            )));
        }
        let ycc = recipe.layout.photometric == Photometric::Rgb
            && (recipe.layout.chroma_inside || explicit == Some(true));
        let target = match (components, ycc) {
            (1, _) => Target::Stored,
            (3, true) => {
                stream.assume(Space::YCbCr);
                Target::Rgb
            }
            (3, false) => {
                stream.assume(Space::Rgb);
                Target::Stored
            }
            (4, _) => {
                stream.assume(Space::Cmyk);
                Target::Stored
            }
            _ => Target::Stored,
        };
        stream.begin(target, 8)?;
        let row = vec![0; stream.header().extent.w as usize * samples];
        Ok(Self { stream, row, line: w as usize * samples })
    }
}

impl Unpack for Jpeg {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        if self.row.len() == self.line {
            return self.stream.read(out);
        }
        let n = self.row.len().min(self.line);
        for line in out.chunks_exact_mut(self.line) {
            self.stream.read(&mut self.row)?;
            line[..n].copy_from_slice(&self.row[..n]);
            line[n..].fill(0);
        }
        Ok(())
    }
}

fn all(packed: Packed, recipe: &Recipe) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    packed.take(recipe.limits.max_bytes).read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn jp2k(recipe: &Recipe, packed: Packed, w: u32) -> Result<Box<dyn Unpack>, Error> {
    let layout = &recipe.layout;
    let bytes = all(packed, recipe)?;
    let tile = jp2::Tile::decode(bytes, layout.chroma_inside, &recipe.limits)?;
    let fits = tile.samples() == layout.together() && matches!(layout.bits, 8 | 16);
    if !fits || tile.is_wide() != (layout.bits == 16) {
        return Err(unsupported("a TIFF whose JPEG 2000 tiles are of another kind than it says"));
    }
    let row = vec![0; tile.w() as usize * tile.samples()];
    let line = layout.line_bytes(w);
    Ok(Box::new(Jp2k { tile, row, line, big_endian: layout.big_endian }))
}

struct Jp2k {
    tile: jp2::Tile,
    row: Vec<u16>,
    line: usize,
    big_endian: bool,
}

impl Unpack for Jp2k {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        for line in out.chunks_exact_mut(self.line) {
            self.tile.row(&mut self.row)?;
            if !self.tile.is_wide() {
                line.iter_mut().zip(&self.row).for_each(|(place, level)| *place = *level as u8);
                continue;
            }
            for (place, level) in line.chunks_exact_mut(2).zip(&self.row) {
                let bytes = if self.big_endian { level.to_be_bytes() } else { level.to_le_bytes() };
                place.copy_from_slice(&bytes);
            }
        }
        Ok(())
    }
}

pub(super) fn webp(recipe: &Recipe, packed: Packed, w: u32) -> Result<Box<dyn Unpack>, Error> {
    let samples = recipe.layout.together();
    if recipe.layout.bits != 8 || !matches!(samples, 3 | 4) {
        return Err(unsupported("a TIFF of WebPs with other than three or four samples"));
    }
    let bytes = all(packed, recipe)?;
    let (width, pixels) = webp::pixels(bytes, samples == 4, &recipe.limits)?;
    let row = width as usize * samples;
    Ok(Box::new(Webp { pixels, row, at: 0, line: w as usize * samples }))
}

struct Webp {
    pixels: Vec<u8>,
    row: usize,
    at: usize,
    line: usize,
}

impl Unpack for Webp {
    fn fill(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let n = self.row.min(self.line);
        for line in out.chunks_exact_mut(self.line) {
            let row = self.pixels.get(self.at..self.at + n).ok_or_else(truncated)?;
            line[..n].copy_from_slice(row);
            line[n..].fill(0);
            self.at += self.row;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jpeg_is_believed_about_its_own_colours() {
        let frame = |sampling: u8| {
            let parts = [1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0];
            [&[0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0, 8, 0, 8, 3], parts.as_slice()].concat()
        };
        assert_eq!(says_ycc(&frame(0x22)), Some(true));
        assert_eq!(says_ycc(&frame(0x11)), None);
        assert_eq!(says_ycc(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), Some(true));
        assert_eq!(says_ycc(b"\xff\xd8\xff"), None);
    }
}
