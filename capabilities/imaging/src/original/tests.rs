//! Originals in place, compared with what they are made of.

use iiif::image::{Extent, Format, Rotation};

use super::{AdoptSettings, Original, adopt};
use crate::decode::Layout;
use crate::picture::Picture;
use crate::testing::{content, drawing, file_of, jpeg, likeness, opened, part, picture, pyramid};
use crate::{Chroma, DrawSettings, Error, Limits};

/// A file, and what it shows.
struct Sample {
    name: &'static str,
    shows: Picture,
    bytes: Vec<u8>,
    likeness: f64,
}

fn tiff(layout: Layout) -> Sample {
    let shows = picture(1501, 1001, layout);
    let bytes = pyramid(&shows, 256, Chroma::Full).0;
    Sample { name: "TIFF", shows, bytes, likeness: 33.0 }
}

fn jp2(layout: Layout) -> Sample {
    let source = tiff(layout);
    let settings = DrawSettings { jp2_ratio: 2, ..DrawSettings::default() };
    let whole = drawing("full/max/0/default.jp2", source.shows.extent);
    let bytes = open(&source.bytes).unwrap().draw(&whole, &settings).unwrap();
    Sample { name: "JPEG 2000", bytes, ..source }
}

fn samples() -> Vec<Sample> {
    [Layout::Rgb, Layout::Gray].into_iter().flat_map(|layout| [tiff(layout), jp2(layout)]).collect()
}

fn open(bytes: &[u8]) -> Result<Original, Error> {
    Original::open(file_of(bytes), &Limits::default())
}

fn draw(original: &Original, request: &str) -> Picture {
    let drawing = drawing(&format!("{request}.png"), original.outline().extent);
    let drawn = original.draw(&drawing, &DrawSettings::default());
    opened(&drawn.unwrap_or_else(|error| panic!("{request}: {error}")))
}

#[test]
fn an_outline_tells_tiles_and_levels() {
    for sample in samples() {
        let original = open(&sample.bytes).unwrap();
        let outline = original.outline();
        assert_eq!(outline.extent, sample.shows.extent, "{}", sample.name);
        assert_eq!(outline.gray, sample.shows.layout == Layout::Gray, "{}", sample.name);
        let side = if sample.name == "TIFF" { 256 } else { 1024 };
        assert_eq!(outline.tile, Extent::new(side, side), "{}", sample.name);
        let factors: &[u32] = if side == 256 { &[1, 2, 4, 8] } else { &[1, 2] };
        assert_eq!(outline.scale_factors(), factors, "{}", sample.name);
        assert_eq!(outline.sizes()[1], Extent::new(751, 501));
        let written = serde_json::to_string(outline).unwrap();
        let read: super::Outline = serde_json::from_str(&written).unwrap();
        assert_eq!(&read.check().unwrap(), outline);
    }
}

#[test]
fn parts_at_full_size_are_the_pixels_of_the_file() {
    for sample in samples() {
        let original = open(&sample.bytes).unwrap();
        for (x, y, w, h) in
            [(0, 0, 256, 256), (255, 250, 300, 20), (1400, 900, 101, 101), (0, 500, 1501, 7)]
        {
            let drawn = draw(&original, &format!("{x},{y},{w},{h}/max/0/default"));
            let expected = part(&sample.shows, x, y, Extent::new(w, h));
            let alike = likeness(&drawn, &expected);
            assert!(alike > sample.likeness, "{} {x},{y},{w},{h}: {alike}", sample.name);
        }
    }
}

#[test]
fn smaller_pictures_come_from_smaller_levels() {
    for sample in samples() {
        let original = open(&sample.bytes).unwrap();
        let whole = pyramid(&sample.shows, 2048, Chroma::Full).0;
        let reference = open(&whole).unwrap();
        for request in [
            "full/400,/0/default",
            "full/751,/0/default",
            "256,256,512,512/200,/0/default",
            "1024,512,477,489/60,61/0/default",
            "100,100,800,600/^1600,/0/default",
            "full/3,2/0/default",
        ] {
            let (drawn, expected) = (draw(&original, request), draw(&reference, request));
            let alike = likeness(&drawn, &expected);
            assert!(alike > 30.0, "{} {request}: {alike}", sample.name);
        }
    }
}

#[test]
fn drawings_are_turned_and_lose_their_colours_as_asked() {
    for sample in samples() {
        let original = open(&sample.bytes).unwrap();
        let upright = draw(&original, "200,100,300,200/max/0/default");
        let twice = draw(&original, "200,100,300,200/max/180/default");
        let turned = crate::steps::turn::turn(
            upright.clone(),
            Rotation { mirror: false, degrees: 180.0 },
            crate::steps::turn::Ground::White,
        );
        assert_eq!(turned.unwrap().pixels, twice.pixels, "{}", sample.name);
        let quarter = draw(&original, "200,100,300,200/max/!90/default");
        assert_eq!(quarter.extent, Extent::new(200, 300));
        assert_eq!(draw(&original, "200,100,300,200/max/0/gray").layout, Layout::Gray);
        let bitonal = draw(&original, "200,100,300,200/max/0/bitonal");
        assert!(bitonal.pixels.iter().all(|sample| [0, 255].contains(sample)));
    }
}

#[test]
fn every_format_can_be_drawn() {
    let original = open(&tiff(Layout::Rgb).bytes).unwrap();
    for format in ["jpg", "png", "webp", "gif", "tif", "jp2", "pdf", "avif"] {
        let drawing = drawing(&format!("full/90,/0/default.{format}"), original.outline().extent);
        assert!(!original.draw(&drawing, &DrawSettings::default()).unwrap().is_empty(), "{format}");
    }
}

#[test]
fn what_costs_too_much_is_refused() {
    for sample in samples() {
        let original = open(&sample.bytes).unwrap();
        let settings = DrawSettings { max_bytes: 1 << 20, ..DrawSettings::default() };
        let drawing = drawing("full/max/22.5/default.png", sample.shows.extent);
        let refused = original.draw(&drawing, &settings).unwrap_err();
        assert!(matches!(refused, Error::TooLarge(_)), "{refused}");
    }
}

#[test]
fn thumbnails_are_made_when_a_file_is_adopted() {
    for sample in samples() {
        let mut thumbnails = tempfile::tempfile().unwrap();
        let sizes = ["!400,400", "!100,100", "400,", "!9000,9000"];
        let settings = AdoptSettings {
            thumbnails: sizes.map(|size| size.to_owned().try_into().unwrap()).into(),
            ..AdoptSettings::default()
        };
        let adopted = adopt(file_of(&sample.bytes), &thumbnails, &settings).unwrap();
        let extents: Vec<_> = adopted.thumbnails.iter().map(|thumbnail| thumbnail.extent).collect();
        assert_eq!(extents, [Extent::new(400, 267), Extent::new(100, 67)], "{}", sample.name);
        let written = content(&mut thumbnails);
        let last = adopted.thumbnails[1];
        let small = opened(&written[last.offset as usize..][..last.bytes as usize]);
        assert_eq!(small.extent, last.extent);
        assert_eq!(adopted.outline.extent, sample.shows.extent);
    }
}

#[test]
fn files_that_are_not_ready_say_what_to_do() {
    let source = tiff(Layout::Rgb);
    let original = open(&source.bytes).unwrap();
    for format in [Format::Png, Format::Jpg, Format::Tif, Format::Webp, Format::Gif] {
        let drawing = drawing(&format!("full/300,/0/default.{format}"), source.shows.extent);
        let bytes = original.draw(&drawing, &DrawSettings::default()).unwrap();
        let refused = open(&bytes).map(drop).unwrap_err();
        assert!(matches!(refused, Error::NotReady(_)), "{format}: {refused}");
        assert!(refused.to_string().contains("choose the policy `default`"), "{refused}");
    }
    let bytes = jpeg(&source.shows, 90);
    assert!(matches!(open(&bytes).map(drop), Err(Error::NotReady(_))));
}

#[test]
fn a_file_that_was_cut_short_is_not_adopted() {
    for sample in samples() {
        for part in [9, 7, 4, 1] {
            let bytes = &sample.bytes[..sample.bytes.len() * part / 10];
            let adopted =
                adopt(file_of(bytes), &tempfile::tempfile().unwrap(), &AdoptSettings::default());
            let error = adopted.unwrap_err();
            let is_plain = matches!(error, Error::Truncated | Error::Damaged(_));
            assert!(is_plain, "{} {part}: {error}", sample.name);
        }
    }
}

/// Whatever the bytes are, the answer is a picture or an error.
#[test]
fn damage_is_an_error_and_never_a_panic() {
    for sample in [tiff(Layout::Rgb), jp2(Layout::Rgb)] {
        for n in 0..120_usize {
            let mut bytes = sample.bytes.clone();
            let place = n.wrapping_mul(2_654_435_761) % 1500.min(bytes.len());
            bytes[place] ^= 1 << (n % 8);
            bytes[n * 37 % 400] = n as u8;
            let Ok(original) = open(&bytes) else { continue };
            let extent = original.outline().extent;
            let request = format!("full/{},/0/default.jpg", extent.w.min(100));
            if extent.area() < 10_000_000 {
                let drawing = drawing(&request, extent);
                let _ = original.draw(&drawing, &DrawSettings::default());
            }
        }
    }
}
