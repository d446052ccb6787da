//! WebP: lossy, lossless, with opacity, and the first frame of an animation.
//!
//! libwebp gives all pixels at once; WebP's sides end at 16383.

#![expect(unsafe_code, reason = "calls libwebp")]

use iiif::image::Extent;
use libwebp_sys::{
    VP8StatusCode, WebPBitstreamFeatures, WebPDecodeRGBAInto, WebPDecodeRGBInto, WebPGetFeatures,
};

use super::exif;
use super::problem::{damaged, truncated};
use super::raster::{Depth, Plan, Profile, Raster, Space, Whole, check_extent};
use super::rows::SourceFacts;
use super::source::Source;
use crate::{Error, Limits};

pub(super) fn open(source: Source, limits: &Limits) -> Result<Box<dyn Raster>, Error> {
    let file = read_file(&source, limits)?;
    let parts = Parts::find(&file)?;
    let features = features(&parts.image)?;
    let frame = check_extent(features.width as u64, features.height as u64, limits)?;
    let (canvas, place) = match parts.canvas {
        Some(canvas) => (check_extent(canvas.w.into(), canvas.h.into(), limits)?, parts.place),
        None => (frame, (0, 0)),
    };
    let covers = canvas == frame && place == (0, 0);
    let alpha = features.has_alpha != 0 || !covers;
    let facts = SourceFacts {
        format: "WebP".into(),
        media_type: "image/webp".into(),
        frames: parts.frames.max(1),
        bits: 8,
        channels: if features.has_alpha != 0 { 4 } else { 3 },
        had_icc: parts.icc.is_some(),
        orientation: parts.exif.and_then(|block| exif::orientation(&block)).unwrap_or(1),
        extent: canvas,
        notes: Vec::new(),
    };
    let plan = Plan {
        extent: canvas,
        space: Space::Rgb,
        alpha,
        depth: Depth::Eight,
        profile: parts.icc.map_or(Profile::None, Profile::Icc),
        orientation: facts.orientation,
        facts,
    };
    let image = parts.image;
    let decode = move || {
        let pixels = decode(&image, frame, alpha)?;
        Ok(if covers { pixels } else { on_canvas(&pixels, frame, canvas, place) })
    };
    Ok(Box::new(Whole::new(plan, limits, decode)?))
}

/// A WebP inside another file: its width, and its pixels with opacity or without.
pub(super) fn pixels(file: Vec<u8>, alpha: bool, limits: &Limits) -> Result<(u32, Vec<u8>), Error> {
    let parts = Parts::find(file.get(12..).ok_or_else(truncated)?)?;
    let features = features(&parts.image)?;
    let extent = check_extent(features.width as u64, features.height as u64, limits)?;
    if u64::from(extent.w) * u64::from(extent.h) * 4 > limits.max_bytes {
        return Err(damaged("a WebP within the file is too large"));
    }
    Ok((extent.w, decode(&parts.image, extent, alpha)?))
}

/// All of RIFF, which says how long it is.
fn read_file(source: &Source, limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut head = [0; 12];
    source.read_exact(0, &mut head)?;
    let len = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
    source.bytes(12, len.saturating_sub(4), limits.max_bytes)
}

/// What the chunks of a file hold.
#[derive(Default)]
struct Parts {
    /// The bitstream of the picture, with its opacity.
    image: Vec<u8>,
    canvas: Option<Extent>,
    place: (u32, u32),
    frames: u32,
    icc: Option<Vec<u8>>,
    exif: Option<Vec<u8>>,
}

fn triple(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

impl Parts {
    fn find(file: &[u8]) -> Result<Self, Error> {
        let mut parts = Self::default();
        let mut rest = file;
        while let Some((head, after)) = rest.split_at_checked(8) {
            let len = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
            let body = after.get(..len).ok_or_else(truncated)?;
            match &head[..4] {
                b"VP8X" if body.len() >= 10 => {
                    let (w, h) = (triple(&body[4..]) + 1, triple(&body[7..]) + 1);
                    parts.canvas = Some(Extent { w, h });
                }
                b"ANMF" if body.len() >= 16 => parts.add_frame(body),
                b"ALPH" | b"VP8 " | b"VP8L" if parts.frames == 0 => {
                    parts.image.extend_from_slice(head);
                    parts.image.extend_from_slice(body);
                    parts.image.resize(parts.image.len().next_multiple_of(2), 0);
                }
                b"ICCP" => parts.icc = Some(body.to_vec()),
                b"EXIF" => parts.exif = Some(body.to_vec()),
                _ => {}
            }
            rest = after.get(len.next_multiple_of(2)..).unwrap_or_default();
        }
        if parts.image.is_empty() { Err(truncated()) } else { Ok(parts) }
    }

    fn add_frame(&mut self, body: &[u8]) {
        if self.frames == 0 {
            self.place = (triple(body) * 2, triple(&body[3..]) * 2);
            self.image = body[16..].to_vec();
        }
        self.frames += 1;
    }
}

fn features(image: &[u8]) -> Result<WebPBitstreamFeatures, Error> {
    let mut features = WebPBitstreamFeatures {
        width: 0,
        height: 0,
        has_alpha: 0,
        has_animation: 0,
        format: 0,
        pad: [0; 5],
    };
    // SAFETY: the pointer and length are of one slice, and the features are written to.
    let status = unsafe { WebPGetFeatures(image.as_ptr(), image.len(), &raw mut features) };
    if status == VP8StatusCode::VP8_STATUS_OK {
        Ok(features)
    } else if status == VP8StatusCode::VP8_STATUS_NOT_ENOUGH_DATA {
        Err(truncated())
    } else {
        Err(damaged("the header of the WebP makes no sense"))
    }
}

fn decode(image: &[u8], frame: Extent, alpha: bool) -> Result<Vec<u8>, Error> {
    let row = frame.w as usize * if alpha { 4 } else { 3 };
    let mut out = vec![0; row * frame.h as usize];
    let decode = if alpha { WebPDecodeRGBAInto } else { WebPDecodeRGBInto };
    // SAFETY: both slices are given with their lengths; libwebp checks that the picture fits.
    let done =
        unsafe { decode(image.as_ptr(), image.len(), out.as_mut_ptr(), out.len(), row as i32) };
    if done.is_null() {
        return Err(damaged("the pixels of the WebP can't be decoded"));
    }
    Ok(out)
}

/// The first frame on a canvas that is clear elsewhere.
fn on_canvas(pixels: &[u8], frame: Extent, canvas: Extent, place: (u32, u32)) -> Vec<u8> {
    let mut out = vec![0; canvas.w as usize * canvas.h as usize * 4];
    let (x, y) = (place.0.min(canvas.w) as usize, place.1.min(canvas.h) as usize);
    let w = (frame.w as usize).min(canvas.w as usize - x);
    let rows = out.chunks_exact_mut(canvas.w as usize * 4).skip(y);
    for (out, row) in rows.zip(pixels.chunks_exact(frame.w as usize * 4)) {
        out[x * 4..(x + w) * 4].copy_from_slice(&row[..w * 4]);
    }
    out
}
