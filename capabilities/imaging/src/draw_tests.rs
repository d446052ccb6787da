//! Drawings, compared with what they should look like.

use std::ops::Range;
use std::sync::LazyLock;

use bytes::Bytes;
use iiif::image::{Extent, Format};
use proptest::prelude::*;

use crate::decode::Layout;
use crate::picture::Picture;
use crate::steps::region::Region;
use crate::testing::{drawing, likeness, opened, parsed, part, picture, pyramid, seen};
use crate::{Chroma, DrawSettings, Error, Pyramid, draw};

struct Drawn {
    original: Picture,
    file: Vec<u8>,
    pyramid: Pyramid,
}

impl Drawn {
    fn of(w: u32, h: u32, layout: Layout) -> Self {
        Self::with(w, h, layout, Chroma::Full)
    }

    fn with(w: u32, h: u32, layout: Layout, chroma: Chroma) -> Self {
        let original = picture(w, h, layout);
        let (file, pyramid) = pyramid(&original, 256, chroma);
        Self { original, file, pyramid }
    }

    fn try_draw(&self, request: &str, settings: &DrawSettings) -> Result<Vec<u8>, Error> {
        let drawing = drawing(request, self.pyramid.extent);
        let covering = self.pyramid.covering(&drawing);
        let bytes = |range: &Range<u64>| Bytes::from(range_of(&self.file, range));
        let tiles: Vec<_> = covering.tiles.iter().map(bytes).collect();
        draw(&self.pyramid, &covering, &tiles, &drawing, settings)
    }

    fn draw(&self, request: &str) -> Vec<u8> {
        self.try_draw(request, &DrawSettings::default())
            .unwrap_or_else(|e| panic!("{request}: {e}"))
    }

    fn png(&self, request: &str) -> Picture {
        opened(&self.draw(&format!("{request}.png")))
    }
}

/// What a drawing without rotation should be, made from the original without any pyramid.
fn scaled(original: &Picture, x: u32, y: u32, region: Extent, to: Extent) -> Picture {
    use crate::pyramid::Window;
    use crate::steps::scale::Scaler;
    let region = part(original, x, y, region);
    let mut out = Picture::new(to, region.layout).unwrap();
    let window = Window::whole(region.extent);
    let mut scaler = Scaler::new(region.extent, window, to, region.layout.channels());
    let mut filled = 0;
    scaler
        .push(&region.pixels, &mut |rows| {
            out.pixels[filled..filled + rows.len()].copy_from_slice(rows);
            filled += rows.len();
            Ok(())
        })
        .unwrap();
    assert_eq!(filled, out.pixels.len());
    out
}

#[test]
fn regions_and_sizes_of_all_kinds_look_like_the_original() {
    let drawn = Drawn::of(1100, 830, Layout::Rgb);
    for (region, size) in [
        ("full", "1100,830"),
        ("0,0,256,256", "256,256"),
        ("100,90,300,200", "300,200"),
        ("255,255,2,2", "2,2"),
        ("1000,800,100,30", "100,30"),
        ("full", "550,415"),
        ("full", "600,453"),
        ("full", "90,68"),
        ("13,17,901,703", "400,312"),
        ("13,17,901,703", "200,500"),
        ("500,300,40,30", "400,300"),
        ("1099,829,1,1", "1,1"),
        ("0,400,1100,7", "1100,7"),
        ("3,0,5,830", "5,830"),
    ] {
        let request = format!("{region}/^{size}/0/default");
        let picture = drawn.png(&request);
        let exact = drawing(&format!("{request}.png"), drawn.pyramid.extent);
        assert_eq!(picture.extent, exact.size, "{request}");
        let (x, y) = (exact.region.x, exact.region.y);
        let expected = scaled(&drawn.original, x, y, exact.region.extent(), exact.size);
        let likeness = likeness(&picture, &expected);
        assert!(likeness > 30.0, "{request}: {likeness:.1}");
    }
}

#[test]
fn what_is_not_scaled_is_what_the_tiles_hold() {
    for chroma in [Chroma::Full, Chroma::Half] {
        let drawn = Drawn::with(700, 600, Layout::Rgb, chroma);
        let whole = drawn.png("full/max/0/default");
        for (x, y, w, h) in [
            (0, 0, 300, 300),
            (250, 100, 200, 350),
            (511, 512, 100, 40),
            (3, 590, 7, 10),
            (16, 16, 16, 16),
            (255, 255, 2, 2),
            (240, 40, 17, 1),
        ] {
            let part = part(&whole, x, y, Extent::new(w, h));
            let drawn = drawn.png(&format!("{x},{y},{w},{h}/max/0/default"));
            assert!(drawn == part, "{x},{y},{w},{h} {chroma:?}");
        }
    }
}

#[test]
fn tall_answers_have_no_seams_between_bands() {
    let drawn = Drawn::of(300, 4000, Layout::Gray);
    let banded = drawn.png("full/290,3866/0/default");
    let whole = drawn.png("full/max/0/default");
    let at_once = scaled(&whole, 0, 0, whole.extent, banded.extent);
    let worst = banded.pixels.iter().zip(&at_once.pixels).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(2), "{worst:?}");
}

#[test]
fn rotations_mirror_first_and_then_turn_clockwise() {
    let drawn = Drawn::of(300, 200, Layout::Rgb);
    let upright = drawn.png("full/max/0/default");
    let at = |picture: &Picture, x: u32, y: u32| {
        let start = (y * picture.extent.w + x) as usize * 3;
        [0, 1, 2].map(|c| picture.pixels[start + c])
    };
    for (rotation, w, h, corner) in [
        ("!0", 300, 200, (299, 0)),
        ("90", 200, 300, (0, 199)),
        ("180", 300, 200, (299, 199)),
        ("270", 200, 300, (299, 0)),
        ("!90", 200, 300, (299, 199)),
        ("!180", 300, 200, (0, 199)),
        ("!270", 200, 300, (0, 0)),
    ] {
        let turned = drawn.png(&format!("full/max/{rotation}/default"));
        assert_eq!(turned.extent, Extent::new(w, h), "{rotation}");
        assert_eq!(at(&turned, 0, 0), at(&upright, corner.0, corner.1), "{rotation}");
    }
}

#[test]
fn slanted_pictures_have_clear_corners_where_the_format_allows_it() {
    let drawn = Drawn::of(300, 200, Layout::Rgb);
    for (format, layout, corner) in [
        ("png", Layout::Rgba, vec![0, 0, 0, 0]),
        ("tif", Layout::Rgba, vec![0, 0, 0, 0]),
        ("webp", Layout::Rgba, vec![0, 0, 0, 0]),
        ("gif", Layout::Rgba, vec![0, 0, 0, 0]),
        ("jpg", Layout::Rgb, vec![255, 255, 255]),
        ("jp2", Layout::Rgb, vec![255, 255, 255]),
    ] {
        let picture = opened(&drawn.draw(&format!("full/max/30/default.{format}")));
        assert_eq!((picture.extent, picture.layout), (Extent::new(360, 323), layout), "{format}");
        let is = &picture.pixels[..layout.channels()];
        let is_clear = layout == Layout::Rgba && is[3] == 0;
        let is_near = is.iter().zip(&corner).all(|(a, b)| a.abs_diff(*b) < 4);
        assert!(is_clear || is_near, "{format}: {is:?}");
    }
}

#[test]
fn qualities_are_gray_and_black_and_white() {
    let drawn = Drawn::of(300, 200, Layout::Rgb);
    let gray = drawn.png("full/max/0/gray");
    assert_eq!(gray.layout, Layout::Gray);
    let color = drawn.png("full/max/0/color");
    let luminance = |pixel: &[u8]| {
        let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(f64::from);
        (0.299 * r + 0.587 * g + 0.114 * b).round() as u8
    };
    let pixels = color.pixels.chunks(3).map(luminance).collect();
    let expected = Picture { pixels, ..gray.clone() };
    assert!(likeness(&gray, &expected) > 45.0);

    for format in ["png", "tif", "gif", "webp"] {
        let picture = opened(&drawn.draw(&format!("full/max/0/bitonal.{format}")));
        assert!(picture.pixels.iter().all(|sample| [0, 255].contains(sample)), "{format}");
        assert!(picture.pixels.contains(&0) && picture.pixels.contains(&255), "{format}");
    }
    assert_eq!(seen(&drawn.draw("full/max/0/bitonal.jpg")).layout, Layout::Gray);
    assert_eq!(drawn.png("full/max/20/bitonal").layout, Layout::Gray);
}

#[test]
fn every_format_holds_the_picture() {
    for layout in [Layout::Rgb, Layout::Gray] {
        let drawn = Drawn::of(333, 217, layout);
        let expected = drawn.png("full/max/0/default");
        for (format, least) in [
            ("jpg", 28.0),
            ("png", 99.0),
            ("webp", 26.0),
            ("gif", 24.0),
            ("tif", 99.0),
            ("jp2", 24.0),
        ] {
            let file = drawn.draw(&format!("full/max/0/default.{format}"));
            let mut picture = opened(&file);
            if picture.layout != layout {
                let channels = picture.layout.channels();
                let kept = layout.channels();
                let pixels = picture.pixels.chunks(channels).flat_map(|pixel| &pixel[..kept]);
                picture = Picture { pixels: pixels.copied().collect(), layout, ..picture };
            }
            let likeness = likeness(&picture, &expected);
            assert!(likeness > least, "{layout:?} {format}: {likeness:.1}");
        }
        let avif = drawn.draw("full/64,/0/default.avif");
        assert_eq!(&avif[4..12], b"ftypavif");
        let pdf = drawn.draw("full/64,/0/default.pdf");
        assert!(pdf.starts_with(b"%PDF-") && pdf.windows(9).any(|w| w == b"DCTDecode"));
    }
}

#[test]
fn answers_that_a_format_or_the_limits_forbid_are_refused() {
    let drawn = Drawn::of(300, 200, Layout::Gray);
    let small = DrawSettings { max_bytes: 100_000, ..DrawSettings::default() };
    let error = drawn.try_draw("full/^9000,/45/default.png", &small).unwrap_err();
    assert!(matches!(error, Error::TooLarge(_)), "{error}");

    let mut drawing = drawing("full/^17000,10/0/default.png", drawn.pyramid.extent);
    drawing.format = Format::Webp;
    let covering = drawn.pyramid.covering(&drawing);
    let error = draw(&drawn.pyramid, &covering, &[], &drawing, &DrawSettings::default());
    assert!(error.is_err());
}

#[test]
fn broken_tiles_are_an_error_and_not_a_picture() {
    let mut drawn = Drawn::of(300, 200, Layout::Rgb);
    let covering = drawn.pyramid.covering(&drawing("full/max/0/default.png", drawn.pyramid.extent));
    let first = covering.tiles[0].clone();
    drawn.file[first.start as usize + 700..first.end as usize].fill(0xFF);
    let settings = DrawSettings::default();
    assert!(drawn.try_draw("full/max/0/default.png", &settings).is_err());
    assert!(drawn.try_draw("0,100,200,50/max/0/default.jpg", &settings).is_err());
}

/// These are decoded by a thread of their own.
#[test]
fn large_regions_have_the_pixels_of_their_parts_and_their_errors() {
    let mut drawn = Drawn::of(2304, 2000, Layout::Rgb);
    let whole = drawn.png("full/max/0/default");
    for (x, y, w, h) in [(0, 0, 768, 512), (1024, 1024, 1280, 976), (256, 1792, 512, 208)] {
        let seen = drawn.png(&format!("{x},{y},{w},{h}/max/0/default"));
        assert_eq!(seen.pixels, part(&whole, x, y, Extent::new(w, h)).pixels, "{x},{y}");
    }

    let covering = drawn.pyramid.covering(&drawing("full/max/0/default.png", drawn.pyramid.extent));
    let tiles: Vec<_> =
        covering.tiles.iter().map(|range| Bytes::from(range_of(&drawn.file, range))).collect();
    let extent = drawn.pyramid.extent;
    let mut region = Region::new(&drawn.pyramid, &covering, &tiles, extent, false).unwrap();
    let mut bands = 0;
    let given_up = region.each_band(&mut |_| {
        bands += 1;
        if bands == 2 { Err(Error::Truncated) } else { Ok(()) }
    });
    assert!(matches!(given_up, Err(Error::Truncated)), "{given_up:?}");
    assert_eq!(bands, 2);

    let last = covering.tiles.last().unwrap().clone();
    drawn.file[last.start as usize + 300..last.end as usize].fill(0xFF);
    assert!(drawn.try_draw("full/max/0/default.png", &DrawSettings::default()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A damaged file gives an error or a picture, and nothing else.
    #[test]
    fn no_bytes_of_tiles_make_drawing_panic(
        changes in proptest::collection::vec((0_usize..30_000, any::<u8>()), 1..20),
        cut in 0_usize..30_000,
    ) {
        let drawing = drawing("90,80,200,200/180,/0/default.jpg", BROKEN.extent);
        let covering = BROKEN.covering(&drawing);
        let mut tiles: Vec<_> = covering.tiles.iter().map(|range| range_of(&INTACT, range)).collect();
        for (at, byte) in changes {
            let tile = &mut tiles[at % 4];
            let n = tile.len();
            tile[(at / 4) % n] = byte;
        }
        let n = tiles[0].len();
        tiles[0].truncate(n.saturating_sub(cut / 100));
        let tiles: Vec<_> = tiles.into_iter().map(Bytes::from).collect();
        let _ = draw(&BROKEN, &covering, &tiles, &drawing, &DrawSettings::default());
    }
}

static INTACT: LazyLock<Vec<u8>> =
    LazyLock::new(|| pyramid(&picture(400, 300, Layout::Rgb), 256, Chroma::Half).0);
static BROKEN: LazyLock<Pyramid> = LazyLock::new(|| parsed(&INTACT));

fn range_of(file: &[u8], range: &Range<u64>) -> Vec<u8> {
    file[range.start as usize..range.end as usize].to_vec()
}

#[test]
fn thumbnails_come_in_other_sizes() {
    let original = picture(400, 300, Layout::Rgb);
    let stored = crate::testing::jpeg(&original, 95);
    let settings = DrawSettings::default();
    for (w, h) in [(399, 299), (200, 150), (120, 90), (30, 20), (400, 300), (1, 1)] {
        let to = Extent::new(w, h);
        let made = seen(&crate::resize_jpeg(&stored, to, &settings).unwrap());
        let expected = scaled(&original, 0, 0, original.extent, to);
        let likeness = likeness(&made, &expected);
        assert!(likeness > 22.0, "{to}: {likeness:.1}");
    }
    assert!(crate::resize_jpeg(&stored[..500], Extent::new(40, 30), &settings).is_err());
}
