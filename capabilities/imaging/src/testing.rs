//! Pictures and pyramids for tests.

use std::fs::File;
use std::io::{Read, Seek, Write};

use iiif::image::{Drawing, Extent, ImageRequest, Limits, Version};

use crate::decode::Layout;
use crate::jpeg::{Encoder, Kind};
use crate::picture::Picture;
use crate::pyramid::Writer;
use crate::{Chroma, Parsed, Pyramid};

/// Slopes, rings, a grid and a little noise: something in each part of the spectrum.
pub(crate) fn picture(w: u32, h: u32, layout: Layout) -> Picture {
    let extent = Extent::new(w, h);
    let mut picture = Picture::new(extent, layout).unwrap();
    let channels = layout.channels();
    for (n, sample) in picture.pixels.iter_mut().enumerate() {
        let (x, y, c) = (n / channels % w as usize, n / channels / w as usize, n % channels);
        let (fx, fy) = (x as f64 / f64::from(w), y as f64 / f64::from(h));
        let rings = ((fx - 0.4).hypot(fy - 0.6) * 40.0 + c as f64).sin() * 40.0;
        let grid = if x % 64 < 2 || y % 48 < 2 { -50.0 } else { 0.0 };
        let noise = (n.wrapping_mul(2_654_435_761) >> 20 & 7) as f64;
        *sample = (90.0 + 70.0 * fx + 40.0 * fy + rings + grid + noise).clamp(0.0, 255.0) as u8;
    }
    picture
}

pub(crate) fn kind(layout: Layout, chroma: Chroma) -> Kind {
    Kind { gray: layout == Layout::Gray, quality: 90, chroma, cuts: true }
}

/// The file of a pyramid, and its index.
pub(crate) fn pyramid(picture: &Picture, tile: u32, chroma: Chroma) -> (Vec<u8>, Pyramid) {
    let kind = kind(picture.layout, chroma);
    let scratch = (tempfile::tempfile().unwrap(), 7);
    let mut writer = Writer::new(picture.extent, tile, kind, scratch, false).unwrap();
    for rows in picture.pixels.chunks(stride(picture) * 40) {
        writer.push(rows, &mut |_, _| Ok(())).unwrap();
    }
    let mut file = tempfile::tempfile().unwrap();
    let length = writer.finish(&file).unwrap();
    let bytes = content(&mut file);
    assert_eq!(bytes.len() as u64, length);
    let pyramid = parsed(&bytes);
    (bytes, pyramid)
}

pub(crate) fn content(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

pub(crate) fn parsed(file: &[u8]) -> Pyramid {
    match Pyramid::parse(file, file.len() as u64).unwrap() {
        Parsed::Done(pyramid) => pyramid,
        Parsed::Need(more) => panic!("{more} bytes of {}", file.len()),
    }
}

/// As a client of version 3 writes it; enlarging is allowed.
pub(crate) fn drawing(request: &str, source: Extent) -> Drawing {
    let limits = Limits { upscaling: true, ..Limits::default() };
    let request = ImageRequest::parse(Version::V3, request);
    request.unwrap().resolve(source, &limits).unwrap()
}

pub(crate) fn jpeg(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut encoder = Encoder::new(Kind::plain(picture.layout == Layout::Gray, quality)).unwrap();
    encoder.begin(picture.extent).unwrap();
    encoder.write(&picture.pixels, stride(picture), picture.extent.h as usize).unwrap();
    encoder.end().unwrap();
    encoder.bytes().to_vec()
}

/// Any file that can be read here.
pub(crate) fn opened(bytes: &[u8]) -> Picture {
    let mut rows = crate::decode::open(file_of(bytes), &crate::Limits::default(), None).unwrap();
    let (extent, layout) = (rows.header().extent, rows.header().layout);
    let mut picture = Picture::new(extent, layout).unwrap();
    rows.read(&mut picture.pixels).unwrap();
    picture
}

pub(crate) fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.rewind().unwrap();
    file
}

/// A JPEG file as a browser sees it.
pub(crate) fn seen(jpeg: &[u8]) -> Picture {
    use crate::jpeg::{Space, Stream, Target};
    let mut stream = Stream::open(Box::new(std::io::Cursor::new(jpeg.to_vec())), u64::MAX).unwrap();
    let layout = if stream.header().space == Space::Gray { Layout::Gray } else { Layout::Rgb };
    let target = if layout == Layout::Gray { Target::Gray } else { Target::Rgb };
    let extent = stream.begin(target, 8).unwrap();
    let mut picture = Picture::new(extent, layout).unwrap();
    stream.read(&mut picture.pixels).unwrap();
    assert_eq!(stream.warnings(), 0);
    picture
}

pub(crate) fn part(picture: &Picture, x: u32, y: u32, extent: Extent) -> Picture {
    let channels = picture.layout.channels();
    let mut part = Picture::new(extent, picture.layout).unwrap();
    let width = stride(&part);
    for (row, out) in part.pixels.chunks_exact_mut(width).enumerate() {
        let start = (y as usize + row) * stride(picture) + x as usize * channels;
        out.copy_from_slice(&picture.pixels[start..start + width]);
    }
    part
}

/// How alike two pictures are, in decibels: 30 is visible, 40 is hardly.
pub(crate) fn likeness(a: &Picture, b: &Picture) -> f64 {
    assert_eq!((a.extent, a.layout), (b.extent, b.layout));
    let square = |(a, b): (&u8, &u8)| (f64::from(*a) - f64::from(*b)).powi(2);
    let squares: f64 = a.pixels.iter().zip(&b.pixels).map(square).sum();
    let mean = squares / a.pixels.len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}

/// Bytes in a row.
pub(crate) fn stride(picture: &Picture) -> usize {
    picture.extent.w as usize * picture.layout.channels()
}
