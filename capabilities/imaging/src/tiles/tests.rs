use std::collections::HashMap;

use iiif::image::Extent;

use super::*;
use crate::decode::Layout;
use crate::testing::{file_of, jpeg, likeness, part, picture, seen};
use crate::{Chroma, Error};

fn settings_of(shape: Shape) -> TileSettings {
    TileSettings { shape, ..TileSettings::default() }
}

fn plan(w: u32, h: u32, shape: Shape) -> Plan {
    Plan::new(Extent::new(w, h), &settings_of(shape))
}

fn fitted() -> Shape {
    Shape::Fitted { levels: 4, squares: vec![250, 600, 1200] }
}

/// All pieces of an image, whole ones put together.
fn cut(source: &[u8], settings: &TileSettings) -> (Plan, HashMap<Piece, Vec<u8>>) {
    let mut pieces: HashMap<Piece, Vec<u8>> = HashMap::new();
    let mut extent = None;
    let scratch = tempfile::tempfile().unwrap();
    let mut keep = |piece: Piece, bytes: &[u8]| {
        let piece = match piece {
            Piece::WholePart { level } => Piece::WholeEnd { level },
            other @ (Piece::Tile { .. } | Piece::WholeEnd { .. } | Piece::Fitted { .. }) => other,
        };
        pieces.entry(piece).or_default().extend_from_slice(bytes);
        Ok(())
    };
    let opened = |opened| {
        extent = Some(opened);
        Ok(())
    };
    cut_tiles(file_of(source), scratch, settings, opened, &mut keep).unwrap();
    (Plan::new(extent.unwrap(), settings), pieces)
}

#[test]
fn levels_go_down_to_a_thumbnail_and_tiles_to_the_level_that_is_one() {
    let plan = plan(6001, 4000, Shape::Iiif);
    let levels: Vec<_> = plan
        .levels
        .iter()
        .map(|level| (level.extent.to_string(), level.has_tiles, level.has_whole))
        .collect();
    let level = |extent: &str, tiles, whole| (extent.to_owned(), tiles, whole);
    assert_eq!(
        levels,
        [
            level("6001x4000", true, true),
            level("3001x2000", true, true),
            level("1501x1000", true, true),
            level("751x500", true, true),
            level("376x250", true, false),
            level("188x125", false, true),
        ]
    );
    assert_eq!(plan.piece_count(), 96 + 24 + 6 + 2 + 1 + 5);
}

#[test]
fn a_deep_zoom_ends_at_one_pixel() {
    let plan = plan(700, 3, Shape::DeepZoom);
    assert_eq!(plan.levels.len(), 11);
    assert_eq!(plan.levels[10].extent, Extent::new(1, 1));
    assert!(plan.levels.iter().all(|level| level.has_tiles && !level.has_whole));
}

#[test]
fn fitted_sizes_are_rounded_and_small_images_enlarged() {
    let plan = plan(400, 301, fitted());
    assert_eq!(plan.fitted, [Extent::new(250, 188), Extent::new(600, 452), Extent::new(1200, 903)]);
    assert_eq!(plan.levels.len(), 4);
    let narrow = Plan::new(Extent::new(1, 9000), &settings_of(fitted()));
    assert_eq!(narrow.fitted[0], Extent::new(1, 250));
}

#[test]
fn there_is_no_tile_outside_of_a_level() {
    let plan = plan(1300, 1024, Shape::Iiif);
    assert_eq!(plan.tile_in_level(0, 2, 1), Some((1024, 512, Extent::new(276, 512))));
    for (level, column, row) in [(0, 3, 0), (0, 0, 2), (9, 0, 0), (3, 0, 0), (0, u32::MAX, 0)] {
        assert_eq!(plan.tile_in_level(level, column, row), None, "{level} {column} {row}");
    }
}

#[test]
fn every_planned_piece_is_made_once_and_is_the_part_of_the_image_that_it_should_be() {
    let original = picture(1300, 1100, Layout::Rgb);
    let source = jpeg(&original, 95);
    for shape in [Shape::Iiif, Shape::DeepZoom, fitted()] {
        for threads in [1, 2] {
            let settings = TileSettings {
                tile: 256,
                shape: shape.clone(),
                threads,
                quality: 95,
                chroma: Chroma::Full,
                ..TileSettings::default()
            };
            let (plan, pieces) = cut(&source, &settings);
            assert_eq!(pieces.len() as u64, plan.piece_count(), "{shape:?}");
            for (piece, bytes) in &pieces {
                let picture = seen(bytes);
                match *piece {
                    Piece::Tile { level, column, row } => {
                        let (x, y, extent) =
                            plan.tile_in_level(level as usize, column, row).unwrap();
                        assert_eq!(picture.extent, extent, "{piece:?}");
                        if level == 0 {
                            let like = likeness(&picture, &part(&original, x, y, extent));
                            assert!(like > 30.0, "{piece:?}: {like}");
                        }
                    }
                    Piece::WholeEnd { level } => {
                        assert_eq!(picture.extent, plan.levels[level as usize].extent);
                    }
                    Piece::Fitted { n } => assert_eq!(picture.extent, plan.fitted[n as usize]),
                    Piece::WholePart { .. } => panic!("a part without an end"),
                }
            }
        }
    }
}

#[test]
fn a_whole_image_is_the_same_however_it_is_handed_on() {
    let original = picture(2100, 1500, Layout::Gray);
    let settings = TileSettings { quality: 95, ..TileSettings::default() };
    let (_, pieces) = cut(&jpeg(&original, 95), &settings);
    let whole = seen(&pieces[&Piece::WholeEnd { level: 0 }]);
    let like = likeness(&whole, &original);
    assert!(like > 30.0, "{like}");
}

#[test]
fn tiles_of_other_formats_stand_beside_whole_images_of_jpeg() {
    let source = jpeg(&picture(600, 300, Layout::Rgb), 90);
    let formats = [(TileFormat::Webp, &b"RIFF"[..]), (TileFormat::Avif, b"\0\0\0")];
    for (format, start) in formats {
        let settings = TileSettings { format, ..TileSettings::default() };
        let (plan, pieces) = cut(&source, &settings);
        assert_eq!(pieces.len() as u64, plan.piece_count());
        let tile = &pieces[&Piece::Tile { level: 1, column: 0, row: 0 }];
        assert!(tile.starts_with(start), "{format:?}: {:?}", &tile[..12]);
        assert!(pieces[&Piece::WholeEnd { level: 1 }].starts_with(&[0xff, 0xd8]));
    }
}

#[test]
fn an_image_that_is_cut_short_is_an_error() {
    let source = jpeg(&picture(900, 900, Layout::Rgb), 90);
    let scratch = tempfile::tempfile().unwrap();
    let settings = TileSettings::default();
    let half = file_of(&source[..30]);
    let cut = cut_tiles(half, scratch, &settings, |_| Ok(()), &mut |_, _| Ok(()));
    assert!(matches!(cut, Err(Error::Truncated | Error::Damaged(_))), "{cut:?}");
}

#[test]
fn settings_that_cannot_work_are_refused_in_words() {
    for (settings, word) in [
        (TileSettings { tile: 100, ..TileSettings::default() }, "multiple of 16"),
        (TileSettings { quality: 0, ..TileSettings::default() }, "1 to 100"),
        (TileSettings { largest: 100, ..TileSettings::default() }, "or more"),
    ] {
        let error = settings.check().unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
}
