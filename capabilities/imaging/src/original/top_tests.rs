//! Files that are not ready, drawn from the top until they are pyramids.

use iiif::image::Extent;

use super::Original;
use crate::decode::Layout;
use crate::picture::Picture;
use crate::testing::{drawing, file_of, jpeg, likeness, opened, picture, pyramid};
use crate::{Chroma, DrawSettings, Error, Limits};

fn open(bytes: &[u8]) -> Result<Original, Error> {
    Original::open_from_top(file_of(bytes), &Limits::default())
}

fn draw(original: &Original, request: &str) -> Picture {
    let drawing = drawing(&format!("{request}.png"), original.outline().extent);
    let drawn = original.draw(&drawing, &DrawSettings::default());
    opened(&drawn.unwrap_or_else(|error| panic!("{request}: {error}")))
}

/// The same picture in a format that is drawn in place, and as PNG.
fn reference(shows: &Picture) -> (Original, Vec<u8>) {
    let ready = pyramid(shows, 2048, Chroma::Full).0;
    let ready = Original::open(file_of(&ready), &Limits::default()).unwrap();
    let whole = drawing("full/max/0/default.png", shows.extent);
    let png = ready.draw(&whole, &DrawSettings::default()).unwrap();
    (ready, png)
}

/// EXIF's orientation, put into a JPEG.
fn lying(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [
        b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation],
        b"\0\0\0\0\0\0",
    ];
    [&jpeg[..2], &exif.concat(), &jpeg[2..]].concat()
}

#[test]
fn parts_and_reductions_look_as_those_of_a_pyramid() {
    for layout in [Layout::Rgb, Layout::Gray] {
        let shows = picture(1501, 1001, layout);
        let (ready, png) = reference(&shows);
        for (format, bytes) in [("JPEG", jpeg(&shows, 95)), ("PNG", png)] {
            let original = open(&bytes).unwrap();
            assert_eq!(original.outline().extent, shows.extent);
            assert_eq!(original.outline().gray, layout == Layout::Gray);
            assert!(original.outline().is_from_top());
            for request in [
                "full/max/0/default",
                "full/400,/0/default",
                "full/100,/0/gray",
                "full/751,501/!90/default",
                "1400,900,101,101/max/0/default",
                "256,256,512,512/200,/0/default",
                "1024,512,477,489/60,61/0/default",
                "full/3,2/0/default",
            ] {
                let (drawn, expected) = (draw(&original, request), draw(&ready, request));
                let alike = likeness(&drawn, &expected);
                assert!(alike > 29.0, "{format} {request}: {alike}");
            }
        }
    }
}

#[test]
fn a_picture_that_lies_on_its_side_is_drawn_upright() {
    let shows = picture(900, 601, Layout::Rgb);
    let (ready, _) = reference(&shows);
    let jpeg = jpeg(&shows, 95);
    for (orientation, turned) in [(6, "90"), (3, "180"), (8, "270"), (2, "!0")] {
        let original = open(&lying(&jpeg, orientation)).unwrap();
        let is_tall = orientation >= 5;
        let extent = if is_tall { Extent::new(601, 900) } else { shows.extent };
        assert_eq!(original.outline().extent, extent, "{orientation}");
        let size = if is_tall { ",200" } else { "200," };
        let drawn = draw(&original, &format!("full/{size}/0/default"));
        let expected = draw(&ready, &format!("full/200,/{turned}/default"));
        let alike = likeness(&drawn, &expected);
        assert!(alike > 29.0, "{orientation}: {alike}");
    }
}

#[test]
fn a_thumbnail_of_a_large_jpeg_takes_little_memory() {
    let shows = picture(4000, 3000, Layout::Rgb);
    let (_, png) = reference(&shows);
    let cost = |bytes: &[u8], request: &str| {
        let original = open(bytes).unwrap();
        original.outline().memory_cost(&drawing(request, shows.extent)) >> 20
    };
    let jpeg = jpeg(&shows, 80);
    let thumbnail = "full/200,/0/default.jpg";
    assert!(cost(&jpeg, thumbnail) < 8, "{}", cost(&jpeg, thumbnail));
    assert!(cost(&lying(&jpeg, 6), "full/150,/0/default.jpg") < 12, "an eighth is turned");
    assert!(cost(&png, thumbnail) > 30, "it might be interlaced");
    assert!(cost(&jpeg, "full/max/0/default.jpg") > 8);
}

#[test]
fn a_file_that_was_cut_short_is_an_error() {
    let shows = picture(700, 500, Layout::Rgb);
    let (_, png) = reference(&shows);
    for bytes in [jpeg(&shows, 90), png] {
        for part in [1, 4, 7, 9] {
            let Ok(original) = open(&bytes[..bytes.len() * part / 10]) else { continue };
            let drawing = drawing("full/100,/0/default.jpg", shows.extent);
            let error = original.draw(&drawing, &DrawSettings::default()).unwrap_err();
            assert!(matches!(error, Error::Truncated | Error::Damaged(_)), "{part}: {error}");
        }
    }
}
