//! One picture of 40 x 24 pixels, written in many formats by Pillow, tifffile, libvips and
//! ImageMagick, comes out as that picture.

use super::super::Layout;
use super::support::{Decoded, decode, distance, fixture};

const W: u32 = 40;
const H: u32 = 24;

/// What the picture shows.
#[derive(Clone, Copy, Debug)]
enum Shows {
    Rgb,
    Gray,
    Rgba,
    GrayAlpha,
    Bilevel,
}

fn pixel(shows: Shows, x: u32, y: u32) -> Vec<u8> {
    let (r, g) = ((x * 6) as u8, (y * 10) as u8);
    let alpha = if y == H - 1 { 255 } else { (y * 11) as u8 };
    match shows {
        Shows::Rgb => vec![r, g, 120],
        Shows::Gray => vec![r],
        Shows::Rgba => vec![r, g, 120, alpha],
        Shows::GrayAlpha => vec![r, alpha],
        Shows::Bilevel => vec![if (x / 5 + y / 4) % 2 == 1 { 255 } else { 0 }],
    }
}

fn picture(shows: Shows) -> Vec<u8> {
    (0..H).flat_map(|y| (0..W).flat_map(move |x| pixel(shows, x, y))).collect()
}

fn layout(shows: Shows) -> Layout {
    match shows {
        Shows::Rgb => Layout::Rgb,
        Shows::Gray | Shows::Bilevel => Layout::Gray,
        Shows::Rgba => Layout::Rgba,
        Shows::GrayAlpha => Layout::GrayAlpha,
    }
}

/// File, format, what it shows, and the mean difference that its losses allow.
const FILES: &[(&str, &str, Shows, f64)] = &[
    ("rgb.jpg", "JPEG", Shows::Rgb, 1.5),
    ("rgb-420.jpg", "JPEG", Shows::Rgb, 2.5),
    ("rgb-progressive.jpg", "JPEG", Shows::Rgb, 1.5),
    ("rgb-stored.jpg", "JPEG", Shows::Rgb, 1.0),
    ("rgb-restarts.jpg", "JPEG", Shows::Rgb, 1.5),
    ("gray.jpg", "JPEG", Shows::Gray, 1.0),
    ("rgb.jp2", "JPEG 2000", Shows::Rgb, 0.0),
    ("rgb.j2k", "JPEG 2000", Shows::Rgb, 0.0),
    ("rgb-ht.j2k", "JPEG 2000", Shows::Rgb, 0.0),
    ("rgb-tiled.jp2", "JPEG 2000", Shows::Rgb, 0.0),
    ("rgb-16.jp2", "JPEG 2000", Shows::Rgb, 0.0),
    ("rgb-irreversible.jp2", "JPEG 2000", Shows::Rgb, 3.0),
    ("rgb-subsampled.jp2", "JPEG 2000", Shows::Rgb, 3.0),
    ("sycc.jp2", "JPEG 2000", Shows::Rgb, 1.0),
    ("abgr-cdef.jp2", "JPEG 2000", Shows::Rgba, 0.0),
    ("rgba.jp2", "JPEG 2000", Shows::Rgba, 0.0),
    ("graya.jp2", "JPEG 2000", Shows::GrayAlpha, 0.0),
    ("gray.jp2", "JPEG 2000", Shows::Gray, 0.0),
    ("gray-4.j2k", "JPEG 2000", Shows::Gray, 5.0),
    ("gray-12.j2k", "JPEG 2000", Shows::Gray, 0.5),
    ("gray-16.jp2", "JPEG 2000", Shows::Gray, 0.0),
    ("palette.jp2", "JPEG 2000", Shows::Rgb, 5.0),
    ("rgb.webp", "WebP", Shows::Rgb, 3.5),
    ("rgb-lossless.webp", "WebP", Shows::Rgb, 0.0),
    ("rgb-animated.webp", "WebP", Shows::Rgb, 0.0),
    ("rgba.webp", "WebP", Shows::Rgba, 3.5),
    ("rgba-lossless.webp", "WebP", Shows::Rgba, 0.0),
    ("rgb.gif", "GIF", Shows::Rgb, 5.0),
    ("rgb-interlaced.gif", "GIF", Shows::Rgb, 5.0),
    ("rgb-animated.gif", "GIF", Shows::Rgb, 6.0),
    ("bilevel.gif", "GIF", Shows::Bilevel, 0.0),
    ("rgb.bmp", "BMP", Shows::Rgb, 0.0),
    ("rgb-555.bmp", "BMP", Shows::Rgb, 5.0),
    ("rgb-565.bmp", "BMP", Shows::Rgb, 4.0),
    ("rgba-v.bmp", "BMP", Shows::Rgba, 0.0),
    ("palette-8.bmp", "BMP", Shows::Rgb, 5.0),
    ("palette-rle8.bmp", "BMP", Shows::Rgb, 5.0),
    ("os2.bmp", "BMP", Shows::Rgb, 5.0),
    ("gray.bmp", "BMP", Shows::Gray, 0.0),
    ("bilevel.bmp", "BMP", Shows::Bilevel, 0.0),
    ("rgb-interlaced.png", "PNG", Shows::Rgb, 0.0),
    ("rgb-16.png", "PNG", Shows::Rgb, 0.0),
    ("rgba-interlaced.png", "PNG", Shows::Rgba, 0.0),
    ("gray-interlaced.png", "PNG", Shows::Gray, 0.0),
    ("graya-interlaced.png", "PNG", Shows::GrayAlpha, 0.0),
    ("palette-interlaced.png", "PNG", Shows::Rgb, 5.0),
    ("bilevel-interlaced.png", "PNG", Shows::Bilevel, 0.0),
    ("webp.tif", "TIFF", Shows::Rgb, 0.0),
    ("zstd.tif", "TIFF", Shows::Rgb, 0.0),
    ("jp2k.tif", "TIFF", Shows::Rgb, 0.0),
    ("jpeg-rgb.tif", "TIFF", Shows::Rgb, 2.5),
    ("jpeg-ycbcr.tif", "TIFF", Shows::Rgb, 2.5),
    ("lab.tif", "TIFF", Shows::Rgb, 4.0),
    ("rgb-p3.png", "PNG", Shows::Rgb, 1.5),
    ("rgb-p3.webp", "WebP", Shows::Rgb, 1.5),
    ("rgb-p3.tif", "TIFF", Shows::Rgb, 1.5),
    ("rgb-linear-gama.png", "PNG", Shows::Rgb, 0.5),
    ("gray-gamma-1.8.tif", "TIFF", Shows::Gray, 1.0),
    ("rgb-turned.png", "PNG", Shows::Rgb, 0.0),
    ("rgb-turned.webp", "WebP", Shows::Rgb, 0.0),
    ("rgb-turned.tif", "TIFF", Shows::Rgb, 0.0),
    ("rgb-turned.jpg", "JPEG", Shows::Rgb, 1.5),
    ("rgb-bad-profile.jpg", "JPEG", Shows::Rgb, 1.5),
];

fn decoded(name: &str) -> Decoded {
    decode(&fixture(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn one_picture_comes_out_of_every_format() {
    for (name, format, shows, allowed) in FILES {
        let file = decoded(name);
        assert_eq!((file.extent.w, file.extent.h), (W, H), "{name}");
        assert_eq!(file.facts.format, *format, "{name}");
        assert_eq!(file.layout, layout(*shows), "{name}");
        let (mean, greatest) = distance(&file.pixels, &picture(*shows));
        assert!(mean <= *allowed, "{name} is {mean:.2} off, at worst {greatest}");
    }
}

#[test]
fn inks_are_the_same_colours_in_every_format() {
    let tiff = decoded("cmyk.tif");
    for (name, allowed) in [("cmyk.jp2", 0.0), ("cmyk-adobe.jpg", 3.0), ("ycck.jpg", 3.0)] {
        let other = decoded(name);
        assert_eq!(other.facts.channels, 4, "{name}");
        let (mean, _) = distance(&tiff.pixels, &other.pixels);
        assert!(mean <= allowed, "{name} is {mean:.2} off");
    }
    // Full cyan and magenta in the corner where the picture has no red and no green.
    let [r, g, b] = tiff.pixel(0, 0) else { panic!("three channels") };
    assert!(r < b && g < b, "{r} {g} {b}");
}

#[test]
fn a_profile_of_no_use_is_noted_and_ignored() {
    let facts = decoded("rgb-bad-profile.jpg").facts;
    assert!(facts.had_icc && facts.notes[0].contains("profile"), "{:?}", facts.notes);
    assert!(decoded("rgb-p3.png").facts.notes.is_empty());
}

#[test]
fn the_orientation_is_told_and_already_applied() {
    for name in ["rgb-turned.png", "rgb-turned.webp", "rgb-turned.tif", "rgb-turned.jpg"] {
        let facts = decoded(name).facts;
        assert_eq!((facts.orientation, facts.extent.w, facts.extent.h), (6, H, W), "{name}");
    }
}

#[test]
fn a_transparent_palette_entry_is_opacity() {
    let file = decoded("palette-transparent.png");
    assert_eq!(file.layout, Layout::Rgba);
    let clear = file.pixels.chunks_exact(4).filter(|pixel| pixel[3] == 0).count();
    assert!(clear > 0 && clear < 40, "{clear} pixels are clear");
}

#[test]
fn animations_are_counted_and_their_first_picture_is_read() {
    assert_eq!(decoded("rgb-animated.gif").facts.frames, 2);
    assert_eq!(decoded("rgb-animated.webp").facts.frames, 2);
}
