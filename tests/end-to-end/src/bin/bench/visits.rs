//! What visitors ask for.

use end_to_end::{Random, Tile};

use crate::pictures::Extent;

/// How OpenSeadragon asks while visitors look around: info.json, a thumbnail, the whole image, then closer and closer to
/// some point, and from there to its neighbours.
pub(crate) fn sessions(count: u32, extent: Extent, tiles: &[Tile]) -> Vec<String> {
    let mut random = Random(0x0517);
    (0..count).flat_map(|_| session(extent, tiles, &mut random)).collect()
}

/// What a viewer's window shows, in pixels of the screen.
const WINDOW: Extent = (1440, 900);
const NEIGHBOURS: u32 = 4;

fn session(extent: Extent, tiles: &[Tile], random: &mut Random) -> Vec<String> {
    let mut paths = vec!["info.json".to_owned(), "full/!400,400/0/default.jpg".to_owned()];
    let fits = |scale: u32| extent.0 / scale <= WINDOW.0 && extent.1 / scale <= WINDOW.1;
    let scales = tiles.iter().map(|tile| tile.scale);
    let home = scales.filter(|scale| fits(*scale)).min().unwrap_or(1);
    let mut point = (random.below(extent.0), random.below(extent.1));
    let mut scale = home;
    while scale > 0 {
        paths.extend(in_window(tiles, point, scale));
        scale /= 2;
    }
    for _ in 0..NEIGHBOURS {
        // Each time by most of the window.
        point = match random.below(2) {
            0 => ((point.0 + WINDOW.0 * 3 / 4) % extent.0, point.1),
            _ => (point.0, (point.1 + WINDOW.1 * 3 / 4) % extent.1),
        };
        paths.extend(in_window(tiles, point, 1));
    }
    paths
}

/// The tiles of a level that the window shows when it is centred on a point of the image.
fn in_window(tiles: &[Tile], centre: (u32, u32), scale: u32) -> impl Iterator<Item = String> {
    let around = |centre: u32, window: u32| {
        let half = window * scale / 2;
        centre.saturating_sub(half)..centre + half
    };
    let (x, y) = (around(centre.0, WINDOW.0), around(centre.1, WINDOW.1));
    let overlaps = |shown: &std::ops::Range<u32>, from: u32, length: u32| {
        from < shown.end && from + length > shown.start
    };
    tiles
        .iter()
        .filter(move |tile| {
            let (w, h) = (tile.extent.0 * scale, tile.extent.1 * scale);
            tile.scale == scale && overlaps(&x, tile.origin.0, w) && overlaps(&y, tile.origin.1, h)
        })
        .map(|tile| tile.path.clone())
}

/// Regions and sizes off the grid, no two alike; now and then the whole image in a size of its own.
pub(crate) fn regions(count: u32, seed: u64, extent: Extent) -> Vec<String> {
    let mut random = Random(seed);
    let one = |index: u32| {
        if index % 10 == 9 {
            let width = 500 + random.below(1100);
            return format!("full/{width},/0/default.jpg");
        }
        let (w, h) = (600 + random.below(1400), 600 + random.below(1400));
        let (x, y) = (random.below(extent.0 - w), random.below(extent.1 - h));
        let side = 200 + random.below(400);
        format!("{x},{y},{w},{h}/!{side},{side}/0/default.jpg")
    };
    (0..count).map(one).collect()
}
