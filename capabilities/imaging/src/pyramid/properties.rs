//! What holds for every pyramid.

use std::ops::Range;

use bytes::Bytes;
use iiif::image::Extent;
use proptest::prelude::*;

use crate::decode::Layout;
use crate::jpeg::{Decoder, Encoder, Wanted};
use crate::picture::Picture;
use crate::testing::{drawing, kind, likeness, parsed, part, picture, pyramid, seen, stride};
use crate::{Chroma, Error, Parsed, Pyramid, TileRef};

/// The stored stream as other programs read it: with tables, at its padded size.
fn decoded(pyramid: &Pyramid, file: &[u8], range: Range<usize>, extent: Extent) -> Picture {
    let mut decoder = Decoder::new().unwrap();
    decoder.read_tables(&pyramid.tables).unwrap();
    let layout = if pyramid.gray { Layout::Gray } else { Layout::Rgb };
    let mut picture = Picture::new(extent, layout).unwrap();
    let stride = stride(&picture);
    let wanted = Wanted::whole(extent, layout);
    decoder.decode(&file[range], &wanted, &mut picture.pixels, stride).unwrap();
    picture
}

/// A tile as it goes over the wire.
fn sent(tile: &TileRef, file: &[u8]) -> Bytes {
    let range = tile.range.start as usize..tile.range.end as usize;
    tile.finish([&tile.header, &file[range]].concat().into()).unwrap()
}

/// Every tile that a viewer asks for, at every level: region, size, and the picture sent for it.
fn viewer_tiles(pyramid: &Pyramid, file: &[u8]) -> Vec<(usize, u32, u32, Picture)> {
    let Extent { w, h } = pyramid.extent;
    let mut tiles = Vec::new();
    for (n, level) in pyramid.levels.iter().enumerate() {
        let side = pyramid.tile * level.scale_factor;
        for (column, row) in level.tiles() {
            let (x, y) = (column * side, row * side);
            let (rw, rh) = (side.min(w - x), side.min(h - y));
            let (sw, sh) = (rw.div_ceil(level.scale_factor), rh.div_ceil(level.scale_factor));
            let request = format!("{x},{y},{rw},{rh}/{sw},{sh}/0/default.jpg");
            let found = pyramid.tile(&drawing(&request, pyramid.extent));
            let found = found.unwrap_or_else(|| panic!("{request} of {w}x{h}"));
            let sent = sent(&found, file);
            assert!(found.length().is_none_or(|length| length == sent.len() as u64), "{request}");
            let sent = seen(&sent);
            assert_eq!(sent.extent, Extent::new(sw, sh), "{request}");
            tiles.push((n, column, row, sent));
        }
    }
    tiles
}

#[test]
fn every_tile_of_a_viewer_is_the_same_region_of_the_padded_tile() {
    for (w, h, layout, chroma) in [
        (700, 500, Layout::Rgb, Chroma::Half),
        (513, 257, Layout::Rgb, Chroma::Full),
        (255, 1000, Layout::Gray, Chroma::Half),
        (256, 256, Layout::Rgb, Chroma::Half),
        (271, 272, Layout::Rgb, Chroma::Half),
        (1, 1, Layout::Rgb, Chroma::Half),
        (3, 900, Layout::Gray, Chroma::Full),
    ] {
        let (file, pyramid) = pyramid(&picture(w, h, layout), 256, chroma);
        for (n, column, row, sent) in viewer_tiles(&pyramid, &file) {
            let range = pyramid.stream_range(n, column, row);
            let range = range.start as usize..range.end as usize;
            let padded = decoded(&pyramid, &file, range, Extent::new(256, 256));
            let padded = part(&padded, 0, 0, sent.extent);
            let likeness = likeness(&sent, &padded);
            // Colours of 4:2:0 are mixed with those of the padding, in the last row and column.
            let least = if chroma == Chroma::Half && !pyramid.gray { 40.0 } else { 99.0 };
            assert!(likeness > least, "{w}x{h} {n} {column},{row}: {likeness}");
        }
    }
}

/// The padding comes off again without a trace.
#[test]
fn a_cut_tile_is_what_the_encoder_makes_of_its_extent() {
    for (layout, chroma) in
        [(Layout::Rgb, Chroma::Half), (Layout::Rgb, Chroma::Full), (Layout::Gray, Chroma::Half)]
    {
        for (w, h) in
            [(100, 60), (64, 33), (33, 64), (16, 16), (17, 1), (1, 31), (63, 63), (48, 96)]
        {
            let original = picture(w, h, layout);
            let (file, pyramid) = pyramid(&original, 64, chroma);
            for (column, row) in pyramid.levels[0].tiles() {
                let extent = pyramid.levels[0].tile_extent(column, row, 64);
                let part = part(&original, column * 64, row * 64, extent);
                let mut encoder = Encoder::new(kind(layout, chroma)).unwrap();
                encoder.begin_abbreviated(extent).unwrap();
                encoder.write(&part.pixels, stride(&part), extent.h as usize).unwrap();
                encoder.end().unwrap();
                let (x, y) = (column * 64, row * 64);
                let request = format!("{x},{y},64,64/max/0/default.jpg");
                let tile = pyramid.tile(&drawing(&request, original.extent)).unwrap();
                let sent = sent(&tile, &file);
                let is_same = sent.ends_with(&encoder.bytes()[2..]);
                assert!(is_same, "{w}x{h} {layout:?} {chroma:?} {column},{row}");
            }
        }
    }
}

#[test]
fn levels_look_like_the_picture() {
    for (layout, chroma, least) in [
        (Layout::Rgb, Chroma::Half, 33.0),
        (Layout::Rgb, Chroma::Full, 36.0),
        (Layout::Gray, Chroma::Half, 36.0),
    ] {
        let original = picture(600, 400, layout);
        let (file, pyramid) = pyramid(&original, 256, chroma);
        for (n, column, row, sent) in viewer_tiles(&pyramid, &file) {
            if n == 0 {
                let expected = part(&original, column * 256, row * 256, sent.extent);
                let likeness = likeness(&sent, &expected);
                assert!(likeness > least, "{layout:?} {column},{row}: {likeness}");
            }
        }
    }
}

#[test]
fn a_level_that_fits_into_a_tile_is_a_tile_however_it_is_asked_for() {
    let (_, pyramid) = pyramid(&picture(900, 700, Layout::Rgb), 256, Chroma::Half);
    let is_tile = |request: &str| pyramid.tile(&drawing(request, pyramid.extent)).is_some();
    assert!(is_tile("full/225,175/0/default.jpg"));
    assert!(is_tile("full/!225,175/0/color.jpg"));
    assert!(is_tile("full/pct:25/0/default.jpg"));
    assert!(is_tile("0,0,900,700/225,/0/default.jpg"));
    assert!(is_tile("0,0,256,256/max/0/default.jpg"));
    for other in [
        "full/226,175/0/default.jpg",
        "full/225,175/0/gray.jpg",
        "full/225,175/0/default.png",
        "full/225,175/90/default.jpg",
        "full/225,175/!0/default.jpg",
        "full/max/0/default.jpg",
        "0,0,255,256/max/0/default.jpg",
        "1,0,256,256/max/0/default.jpg",
        "0,0,512,512/max/0/default.jpg",
    ] {
        assert!(!is_tile(other), "{other}");
    }
}

#[test]
fn gray_of_gray_is_a_tile() {
    let (_, pyramid) = pyramid(&picture(300, 200, Layout::Gray), 256, Chroma::Half);
    let tile = |request: &str| pyramid.tile(&drawing(request, pyramid.extent));
    assert!(tile("0,0,256,200/256,200/0/gray.jpg").is_some());
    assert!(tile("0,0,256,200/256,200/0/default.jpg").is_some());
    assert!(tile("0,0,256,200/256,200/0/bitonal.jpg").is_none());
}

#[test]
fn sizes_are_rounded_up_and_the_last_is_one_tile() {
    let (_, pyramid) = pyramid(&picture(1001, 333, Layout::Gray), 256, Chroma::Half);
    let sizes: Vec<String> = pyramid.sizes().iter().map(Extent::to_string).collect();
    assert_eq!(sizes, ["1001x333", "501x167", "251x84"]);
    assert_eq!(pyramid.scale_factors(), [1, 2, 4]);
}

#[test]
fn the_head_is_read_in_two_steps_and_no_more() {
    let (file, whole) = pyramid(&picture(1500, 1500, Layout::Gray), 64, Chroma::Half);
    let mut head = 0;
    for step in 0.. {
        match Pyramid::parse(&file[..head], file.len() as u64).unwrap() {
            Parsed::Done(pyramid) => {
                assert_eq!((step, pyramid), (2, whole));
                return;
            }
            Parsed::Need(bytes) => head = bytes as usize,
        }
    }
}

#[test]
fn a_file_that_was_cut_off_is_refused() {
    let (file, _) = pyramid(&picture(300, 200, Layout::Gray), 64, Chroma::Half);
    let error = Pyramid::parse(&file, file.len() as u64 - 1).unwrap_err();
    assert!(matches!(error, Error::Truncated), "{error}");
    let error = Pyramid::parse(&file[..30], 30).unwrap_err();
    assert!(matches!(error, Error::Truncated), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_make_the_index_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), length: u64) {
        let _ = Pyramid::parse(&bytes, length);
    }

    /// Checksums are made right again, so that the numbers behind them are looked at.
    #[test]
    fn no_change_of_an_index_makes_it_panic(
        changes in proptest::collection::vec((16_usize..2000, any::<u8>()), 1..8), w in 1_u32..700, h in 1_u32..500,
    ) {
        let (mut file, _) = pyramid(&picture(w, h, Layout::Gray), 64, Chroma::Half);
        for (at, byte) in changes {
            if let Some(there) = file.get_mut(at) {
                *there = byte;
            }
        }
        super::index::mend(&mut file);
        if let Ok(Parsed::Done(pyramid)) = Pyramid::parse(&file, file.len() as u64) {
            let request = drawing("full/max/0/default.jpg", pyramid.extent);
            pyramid.tile(&request);
            if pyramid.extent.area() < 1 << 32 {
                let covering = pyramid.covering(&request);
                prop_assert!(covering.tiles.iter().all(|tile| tile.end <= file.len() as u64));
            }
        }
    }

    /// A region of any kind is covered by tiles of a level with enough pixels.
    #[test]
    fn coverings_hold_what_is_drawn(x in 0_u32..899, y in 0_u32..699, w in 1_u32..900, h in 1_u32..700, sw in 1_u32..1200) {
        let file = FILE.with(Clone::clone);
        let pyramid = parsed(&file);
        let request = format!("{x},{y},{w},{h}/^{sw},/0/default.tif");
        let drawing = drawing(&request, pyramid.extent);
        let covering = pyramid.covering(&drawing);
        let window = covering.window_in_tiles(&pyramid);
        let whole = covering.extent(&pyramid);
        prop_assert!(window.w > 0.0 && window.x + window.w <= f64::from(whole.w), "{request} {covering:?}");
        prop_assert!(window.h > 0.0 && window.y + window.h <= f64::from(whole.h), "{request} {covering:?}");
        let has_enough = window.w + 1.0 > f64::from(drawing.size.w) && window.h + 1.0 > f64::from(drawing.size.h);
        prop_assert!(covering.level == 0 || has_enough, "{request} {covering:?}");
        prop_assert!(pyramid.memory_cost(&drawing) > 0);
    }
}

thread_local! {
    static FILE: Vec<u8> = pyramid(&picture(900, 700, Layout::Gray), 64, Chroma::Half).0;
}
