//! The first frame: its indices unpacked, looked up, and put on the canvas.

use weezl::decode::Decoder;
use weezl::{BitOrder, LzwStatus};

use super::super::problem::{damaged, truncated};
use super::super::raster::{Depth, Plan, Profile, Raster, Samples, Space, buffer, check_extent};
use super::super::rows::SourceFacts;
use super::super::source::Source;
use super::blocks::{Data, Frame, Gif};
use crate::{Error, Limits};

pub(in super::super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let gif = Gif::read(&source)?;
    let Frame { x, y, w, h, .. } = gif.frame;
    // Old files have no canvas worth the name.
    let (width, height) = match (gif.w, gif.h) {
        (0, _) | (_, 0) => (x.saturating_add(w), y.saturating_add(h)),
        canvas => canvas,
    };
    let extent = check_extent(width.into(), height.into(), limits)?;
    let covers = (x, y) == (0, 0) && u32::from(w) >= extent.w && u32::from(h) >= extent.h;
    let alpha = gif.transparent.is_some() || !covers;
    let colors = colors(&gif.palette, gif.transparent);
    let gray = colors.iter().all(|[r, g, b, _]| r == g && g == b);
    let facts = SourceFacts {
        format: "GIF".into(),
        media_type: "image/gif".into(),
        frames: gif.frames,
        bits: 8,
        channels: 1,
        had_icc: false,
        orientation: 1,
        extent,
        notes: Vec::new(),
    };
    let plan = Plan {
        extent,
        space: if gray { Space::Gray } else { Space::Rgb },
        alpha,
        depth: Depth::Eight,
        profile: Profile::None,
        orientation: 1,
        facts,
    };
    let (size, data) = Data::open(&source, gif.frame.at)?;
    if !(1..=8).contains(&size) {
        return Err(damaged("the GIF's codes have an impossible size"));
    }
    let decoder = Decoder::new(BitOrder::Lsb, size);
    let indices = Indices { data, decoder, frame: gif.frame, kept: Vec::new() };
    let line = vec![0; usize::from(w)];
    Ok(Box::new(Picture { plan, indices, colors, line, row: 0, limits: limits.clone() }))
}

/// RGBA by index; a file without colours is taken for greys.
fn colors(palette: &[u8], transparent: Option<u8>) -> Vec<[u8; 4]> {
    let colors = |i: usize| match palette.get(i * 3..i * 3 + 3) {
        Some(rgb) => [rgb[0], rgb[1], rgb[2], 255],
        None if palette.is_empty() => [i as u8, i as u8, i as u8, 255],
        None => [0, 0, 0, 255],
    };
    let mut colors: Vec<_> = (0..256).map(colors).collect();
    if let Some(index) = transparent {
        colors[usize::from(index)] = [0; 4];
    }
    colors
}

struct Picture {
    plan: Plan,
    indices: Indices,
    colors: Vec<[u8; 4]>,
    line: Vec<u8>,
    row: u32,
    limits: Limits,
}

impl Raster for Picture {
    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn read(&mut self, band: Samples<'_>) -> Result<(), Error> {
        let Samples::Eight(out) = band else { return Ok(()) };
        let Frame { x, y, h, .. } = self.indices.frame;
        let pixel = self.plan.channels();
        for out in out.chunks_exact_mut(self.plan.row()) {
            out.fill(0);
            let inside = self.row.checked_sub(y.into()).filter(|row| *row < u32::from(h));
            self.row += 1;
            if let Some(row) = inside {
                self.indices.row(row, &mut self.line, &self.limits)?;
                let places = out.chunks_exact_mut(pixel).skip(usize::from(x));
                for (place, index) in places.zip(&self.line) {
                    let [r, g, b, a] = self.colors[usize::from(*index)];
                    match place {
                        [gray] => *gray = r,
                        [gray, alpha] => (*gray, *alpha) = (r, a),
                        [red, green, blue] => (*red, *green, *blue) = (r, g, b),
                        rgba => rgba.copy_from_slice(&[r, g, b, a]),
                    }
                }
            }
        }
        Ok(())
    }
}

struct Indices {
    data: Data,
    decoder: Decoder,
    frame: Frame,
    /// All indices of an interlaced frame, in the order of the file.
    kept: Vec<u8>,
}

impl Indices {
    fn row(&mut self, row: u32, line: &mut [u8], limits: &Limits) -> Result<(), Error> {
        if !self.frame.interlaced {
            return self.unpack(line);
        }
        let (w, h) = (usize::from(self.frame.w), u32::from(self.frame.h));
        if self.kept.is_empty() && w > 0 {
            let mut kept = buffer(w as u64 * u64::from(h), "this interlaced GIF", limits)?;
            self.unpack(&mut kept)?;
            self.kept = kept;
        }
        let start = place_in_file(row, h) as usize * w;
        line.copy_from_slice(&self.kept[start..start + w]);
        Ok(())
    }

    fn unpack(&mut self, out: &mut [u8]) -> Result<(), Error> {
        let mut at = 0;
        while at < out.len() {
            let bytes = self.data.bytes()?;
            let ended = bytes.is_empty();
            let result = self.decoder.decode_bytes(bytes, &mut out[at..]);
            self.data.consume(result.consumed_in);
            at += result.consumed_out;
            match result.status {
                Ok(LzwStatus::Ok) => {}
                Ok(LzwStatus::NoProgress) if !ended => {}
                Ok(_) if at == out.len() => {}
                Ok(_) => return Err(truncated()),
                Err(_) => return Err(damaged("the GIF's pixels can't be unpacked")),
            }
        }
        Ok(())
    }
}

/// Interlaced rows come in four passes: each eighth, those between, each fourth, all others.
fn place_in_file(row: u32, h: u32) -> u32 {
    let (first, second, third) = (h.div_ceil(8), (h + 3) / 8, (h + 1) / 4);
    match row % 8 {
        0 => row / 8,
        4 => first + row / 8,
        2 | 6 => first + second + row / 4,
        _ => first + second + third + row / 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interlaced_rows_are_each_in_the_file_once() {
        for h in 1..40 {
            let mut places: Vec<u32> = (0..h).map(|row| place_in_file(row, h)).collect();
            places.sort_unstable();
            assert_eq!(places, (0..h).collect::<Vec<_>>(), "{h} rows");
        }
    }
}
