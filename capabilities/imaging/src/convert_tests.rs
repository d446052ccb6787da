//! Whole conversions, and what other programs say of them.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use iiif::image::{Extent, Size, Version};

use crate::decode::Layout;
use crate::picture::Picture;
use crate::testing::{content, file_of, jpeg, likeness, opened, parsed, picture, seen};
use crate::{Chroma, ConvertSettings, Converted, Error, Parsed, Pyramid, convert};

struct Made {
    converted: Converted,
    pyramid: Vec<u8>,
    thumbnails: Vec<u8>,
}

fn made(source: File, settings: &ConvertSettings) -> Result<Made, Error> {
    let new = || tempfile::tempfile().unwrap();
    let (mut pyramid, mut thumbnails) = (new(), new());
    let shared = |file: &File| file.try_clone().unwrap();
    let mut heard = Vec::new();
    let mut progress = |percent| heard.push(percent);
    let converted =
        convert(source, shared(&pyramid), shared(&thumbnails), new(), settings, &mut progress)?;
    assert!(heard.is_sorted() && heard.last() == Some(&100), "{heard:?}");
    let (pyramid, thumbnails) = (content(&mut pyramid), content(&mut thumbnails));
    assert_eq!(converted.pyramid_bytes, pyramid.len() as u64);
    Ok(Made { converted, pyramid, thumbnails })
}

/// An uncompressed image.
fn source(picture: &Picture) -> File {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.extent.w, picture.extent.h);
    encoder.set_color(match picture.layout {
        Layout::Gray => png::ColorType::Grayscale,
        Layout::GrayAlpha => png::ColorType::GrayscaleAlpha,
        Layout::Rgb => png::ColorType::Rgb,
        Layout::Rgba => png::ColorType::Rgba,
    });
    encoder.set_compression(png::Compression::Fastest);
    encoder.write_header().unwrap().write_image_data(&picture.pixels).unwrap();
    file_of(&out)
}

fn sizes(texts: &[&str]) -> Vec<Size> {
    texts.iter().map(|text| Size::parse(text, Version::V3).unwrap()).collect()
}

#[test]
fn an_image_becomes_a_pyramid_and_thumbnails() {
    let original = picture(1500, 1100, Layout::Rgb);
    let thumbnails = sizes(&["!400,400", "200,", ",100", "!200,200", "2000,", "max", "!400,300"]);
    let settings = ConvertSettings { thumbnails, ..ConvertSettings::default() };
    let made = made(source(&original), &settings).unwrap();

    assert_eq!((made.converted.extent, made.converted.gray), (original.extent, false));
    let extents: Vec<_> = made.converted.thumbnails.iter().map(|t| t.extent.to_string()).collect();
    assert_eq!(extents, ["400x293", "200x147", "136x100"]);
    let mut next = 0;
    for thumbnail in &made.converted.thumbnails {
        assert_eq!(thumbnail.offset, next);
        next += thumbnail.bytes;
        let bytes = &made.thumbnails[thumbnail.offset as usize..next as usize];
        assert_eq!(seen(bytes).extent, thumbnail.extent);
    }
    assert_eq!(next, made.thumbnails.len() as u64);
    let pyramid = parsed(&made.pyramid);
    assert_eq!((pyramid.extent, pyramid.tile, pyramid.levels.len()), (original.extent, 512, 3));
}

#[test]
fn threads_make_the_same_file() {
    let original = picture(1300, 700, Layout::Rgb);
    let settings = |threads| ConvertSettings {
        threads,
        thumbnails: sizes(&["!300,300"]),
        ..ConvertSettings::default()
    };
    let one = made(source(&original), &settings(1)).unwrap();
    let three = made(source(&original), &settings(3)).unwrap();
    assert!(one.pyramid == three.pyramid);
    assert!(one.thumbnails == three.thumbnails);
    assert_eq!(one.converted, three.converted);
}

#[test]
fn what_is_transparent_is_white_in_a_pyramid() {
    let pixels = [10, 20, 30, 0].repeat(100 * 80);
    let clear = Picture { extent: Extent::new(100, 80), layout: Layout::Rgba, pixels };
    for threads in [1, 2] {
        let settings = ConvertSettings { threads, ..ConvertSettings::default() };
        let made = made(source(&clear), &settings).unwrap();
        let seen = opened(&made.pyramid);
        assert!(seen.pixels.iter().all(|sample| *sample == 255));
    }
}

#[test]
fn a_source_that_was_cut_off_is_an_error_for_any_number_of_threads() {
    let whole = jpeg(&picture(900, 900, Layout::Rgb), 90);
    for threads in [1, 2] {
        let settings = ConvertSettings { threads, ..ConvertSettings::default() };
        let error = made(file_of(&whole[..whole.len() / 2]), &settings).err().unwrap();
        assert!(matches!(error, Error::Truncated), "{error}");
    }
}

#[test]
fn impossible_settings_are_refused() {
    let settings = ConvertSettings { tile: 500, ..ConvertSettings::default() };
    let error = made(source(&picture(9, 9, Layout::Gray)), &settings).err().unwrap();
    assert!(matches!(error, Error::Settings(_)), "{error}");
}

#[test]
fn settings_survive_being_sent() {
    let thumbnails = sizes(&["!400,400"]);
    let settings = ConvertSettings { thumbnails, chroma: Chroma::Full, ..Default::default() };
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<ConvertSettings>(&text).unwrap(), settings);
}

#[test]
fn an_index_and_a_thumbnail_lie_in_the_first_block() {
    let original = picture(6000, 4000, Layout::Gray);
    let made = made(source(&original), &ConvertSettings::default()).unwrap();
    let length = made.pyramid.len() as u64;
    let Parsed::Done(pyramid) = Pyramid::parse(&made.pyramid[..64 << 10], length).unwrap() else {
        panic!("the index is longer than 64 kB");
    };
    let smallest = pyramid.levels.last().unwrap().extent;
    let request = format!("full/{},{}/0/default.jpg", smallest.w, smallest.h);
    let tile = pyramid.tile(&crate::testing::drawing(&request, pyramid.extent)).unwrap();
    assert!(tile.range.end <= 128 << 10, "{tile:?}");
}

/// The next level, from the picture itself.
fn halved(picture: &Picture) -> Picture {
    let (w, channels) = (picture.extent.w as usize, picture.layout.channels());
    let extent = Extent::new(picture.extent.w.div_ceil(2), picture.extent.h.div_ceil(2));
    let mut half = Picture::new(extent, picture.layout).unwrap();
    for (n, out) in half.pixels.iter_mut().enumerate() {
        let (x, y) = (n / channels % extent.w as usize * 2, n / channels / extent.w as usize * 2);
        let at = |x: usize, y: usize| {
            let (x, y) = (x.min(w - 1), y.min(picture.extent.h as usize - 1));
            u32::from(picture.pixels[(y * w + x) * channels + n % channels])
        };
        *out = ((at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1) + 2) / 4) as u8;
    }
    half
}

/// Runs a program that may not be installed, and gives all that it said.
fn told(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let run = Command::new(program).args(arguments).arg(file).output();
    let Ok(output) = run else {
        println!("{program} is not installed: what it says of pyramids is not tested");
        return None;
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    assert!(output.status.success(), "{program}: {text}");
    assert!(!text.to_lowercase().contains("warning"), "{program}: {text}");
    Some(text)
}

#[test]
fn other_programs_read_pyramids_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    for (name, layout, chroma) in [
        ("half", Layout::Rgb, Chroma::Half),
        ("full", Layout::Rgb, Chroma::Full),
        ("gray", Layout::Gray, Chroma::Half),
    ] {
        let original = picture(1300, 900, layout);
        let settings = ConvertSettings { chroma, ..ConvertSettings::default() };
        let made = made(source(&original), &settings).unwrap();
        let path = folder.path().join(name).with_extension("tif");
        std::fs::write(&path, &made.pyramid).unwrap();

        if let Some(text) = told("tiffinfo", &[], &path) {
            assert_eq!(text.matches("=== TIFF directory").count(), 3, "{text}");
        }
        told("tiffdump", &[], &path);
        if let Some(text) = told("vipsheader", &["-f", "n-pages"], &path) {
            assert_eq!(text.trim(), "3");
        }
        let mut expected = original;
        for page in 0..3 {
            let png = folder.path().join(name).with_extension("png");
            let level = format!("{}[page={page}]", path.display());
            if told("vips", &["copy", &level], &png).is_some() {
                let likeness = likeness(&opened(&std::fs::read(&png).unwrap()), &expected);
                assert!(likeness > 33.0, "{name} {page}: {likeness:.1}");
            }
            expected = halved(&expected);
        }
    }
}
