use ::iiif::{Version, image::Extent};
use imaging::{Piece, Plan, TileFormat, TileSettings};

use super::*;

fn plan(layout: &Layout, w: u32, h: u32, largest: u32) -> Plan {
    let settings = TileSettings { shape: layout.shape(), largest, ..TileSettings::default() };
    Plan::new(Extent::new(w, h), &settings)
}

/// The names of all files of an image, sorted.
fn files(layout: &Layout, plan: &Plan) -> Vec<String> {
    let image = Image { name: "a", base_url: "", format: TileFormat::Jpg, plan };
    let mut names = vec![layout.image_document(&image).0];
    for (level, planned) in (0..).zip(&plan.levels) {
        for row in 0..planned.rows {
            for column in 0..planned.columns {
                names.extend(
                    layout.names(&image, Piece::Tile { level, column, row }).into_iter().flatten(),
                );
            }
        }
        names.extend(layout.names(&image, Piece::WholeEnd { level }).into_iter().flatten());
    }
    for n in 0..plan.fitted.len() as u32 {
        names.extend(layout.names(&image, Piece::Fitted { n }).into_iter().flatten());
    }
    names.sort();
    names
}

#[test]
fn names_of_version_3_are_canonical() {
    let layout = Layout::Iiif(Version::V3);
    assert_eq!(
        files(&layout, &plan(&layout, 700, 500, u32::MAX)),
        [
            "a/0,0,512,500/512,500/0/default.jpg",
            "a/512,0,188,500/188,500/0/default.jpg",
            "a/full/175,125/0/default.jpg",
            "a/full/350,250/0/default.jpg",
            "a/full/max/0/default.jpg",
            "a/info.json",
        ]
    );
}

#[test]
fn names_of_version_2_are_canonical_and_those_that_viewers_use() {
    let layout = Layout::Iiif(Version::V2);
    assert_eq!(
        files(&layout, &plan(&layout, 300, 700, u32::MAX)),
        [
            "a/0,0,300,512/300,/0/default.jpg",
            "a/0,0,300,512/full/0/default.jpg",
            "a/0,512,300,188/300,/0/default.jpg",
            "a/0,512,300,188/full/0/default.jpg",
            "a/full/150,/0/default.jpg",
            "a/full/75,/0/default.jpg",
            "a/full/full/0/default.jpg",
            "a/info.json",
        ]
    );
}

#[test]
fn an_image_that_is_not_there_as_a_whole_has_a_largest_size() {
    let layout = Layout::Iiif(Version::V3);
    let plan = plan(&layout, 4000, 3000, 1000);
    let names = files(&layout, &plan);
    assert!(names.contains(&"a/full/max/0/default.jpg".to_owned()), "{names:?}");
    assert!(names.contains(&"a/full/1000,750/0/default.jpg".to_owned()), "{names:?}");
    assert!(!names.contains(&"a/full/2000,1500/0/default.jpg".to_owned()), "{names:?}");
    let image = Image { name: "a", base_url: "", format: TileFormat::Jpg, plan: &plan };
    let info = iiif::info(&image).to_json(Version::V3);
    assert_eq!((&info["maxWidth"], &info["maxHeight"]), (&1000.into(), &750.into()));
    assert_eq!(info["tiles"][0]["width"], 512);
}

/// What OpenSeadragon, and Mirador with it, makes of a description: the widths that it believes levels to have.
#[test]
fn openseadragon_finds_the_levels_that_there_are() {
    let layout = Layout::Iiif(Version::V3);
    for (w, h) in [(1, 1), (300, 200), (700, 500), (3001, 2003), (513, 20), (20_000, 9000)] {
        for largest in [u32::MAX, 1000, 400, 100] {
            let plan = plan(&layout, w, h, largest);
            let image = Image { name: "a", base_url: "", format: TileFormat::Jpg, plan: &plan };
            let info = iiif::info(&image).to_json(Version::V3);
            let factors = info["tiles"][0]["scaleFactors"].as_array().unwrap();
            let max_level = factors.iter().filter_map(|it| it.as_u64()).max().unwrap().ilog2();
            let listed = info["sizes"].as_array().cloned().unwrap_or_default();
            let mut widths: Vec<_> =
                listed.iter().map(|it| it["width"].as_u64().unwrap()).collect();
            let levels: Vec<u64> =
                (0..=max_level).rev().map(|n| u64::from(w).div_ceil(1 << n)).collect();
            match (widths.len() as u32).checked_sub(max_level) {
                Some(0) => widths.push(w.into()),
                Some(1) => {}
                Some(_) | None => continue,
            }
            assert_eq!(widths, levels, "{w}x{h}, up to {largest}: {info:#}");
        }
    }
}

/// What the Image API says of a request is what the file is: every name is resolved as a server would.
#[test]
fn every_name_of_iiif_is_a_request_for_the_picture_that_it_holds() {
    use ::iiif::image::{ImageRequest, Limits};
    for version in [Version::V2, Version::V3] {
        let layout = Layout::Iiif(version);
        for (w, h) in [(1, 1), (512, 512), (513, 1), (1300, 2111), (300, 2000), (4097, 511)] {
            let plan = plan(&layout, w, h, u32::MAX);
            let image = Image { name: "a", base_url: "", format: TileFormat::Jpg, plan: &plan };
            // `w,` says nothing of the height: what is a pixel wide may be at two levels, of which the first wins.
            let mut seen = std::collections::HashSet::new();
            for (level, planned) in (0..).zip(&plan.levels) {
                for (column, row) in [(0, 0), (planned.columns - 1, planned.rows - 1)] {
                    let piece = Piece::Tile { level, column, row };
                    let Some(names) = layout.names(&image, piece) else { continue };
                    let (.., extent) = plan.tile_in_level(level as usize, column, row).unwrap();
                    for name in names.into_iter().filter(|name| seen.insert(name.clone())) {
                        let request = name.strip_prefix("a/").unwrap();
                        let request = ImageRequest::parse(version, request).unwrap();
                        let drawing = request.resolve(plan.extent, &Limits::default()).unwrap();
                        assert_eq!(drawing.size, extent, "{name} of {w}x{h}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_deep_zoom_counts_its_levels_from_one_pixel() {
    let layout = Layout::DeepZoom;
    let names = files(&layout, &plan(&layout, 600, 2, u32::MAX));
    assert_eq!(names[0], "a.dzi");
    for name in ["a_files/0/0_0.jpg", "a_files/10/0_0.jpg", "a_files/10/1_0.jpg"] {
        assert!(names.contains(&name.to_owned()), "{name}: {names:?}");
    }
    assert_eq!(names.len(), 1 + 11 + 1);
}

fn theirs() -> Theirs {
    Theirs { prefix: Some("iawa/box".to_owned()), attribution: None }
}

/// As the gem's loops give them, for an image of 1100 x 520; without the column and row that have no pixels.
#[test]
fn files_of_their_layout_are_called_as_theirs() {
    let layout = Layout::Theirs(theirs());
    assert_eq!(
        files(&layout, &plan(&layout, 1100, 520, u32::MAX)),
        [
            "a/0,0,1024,520/512,/0/default.jpg",
            "a/0,0,1100,520/138,/0/default.jpg",
            "a/0,0,1100,520/275,/0/default.jpg",
            "a/0,0,512,512/512,/0/default.jpg",
            "a/0,512,512,8/512,/0/default.jpg",
            "a/1024,0,76,512/76,/0/default.jpg",
            "a/1024,0,76,520/38,/0/default.jpg",
            "a/1024,512,76,8/76,/0/default.jpg",
            "a/512,0,512,512/512,/0/default.jpg",
            "a/512,512,512,8/512,/0/default.jpg",
            "a/full/1200,/0/default.jpg",
            "a/full/250,/0/default.jpg",
            "a/full/600,/0/default.jpg",
            "a/full/full/0/default.jpg",
            "a/info.json",
        ]
    );
}
