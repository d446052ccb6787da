use iiif::{
    Version,
    image::{Extent, Format, ImageInfo, Level, Limits, Quality, Tiles},
};
use imaging::{Piece, Plan, PlannedLevel, TileFormat};

use super::Image;

/// The canonical names, and those that viewers use beside them.
pub(super) fn names(version: Version, image: &Image<'_>, piece: Piece) -> Option<Vec<String>> {
    let (region, sizes, format) = match piece {
        Piece::Tile { level, column, row } => {
            let (region, sizes) = tile(version, image.plan, level, column, row)?;
            (region, sizes, image.format.format())
        }
        Piece::WholePart { level } | Piece::WholeEnd { level } => {
            let level = image.plan.levels.get(level as usize).filter(|level| level.has_whole)?;
            ("full".to_owned(), whole(version, image.plan, level.extent), Format::Jpg)
        }
        Piece::Fitted { .. } => return None,
    };
    let extension = format.extension();
    let name = |size: String| format!("{}/{region}/{size}/0/default.{extension}", image.name);
    Some(sizes.into_iter().map(name).collect())
}

fn tile(
    version: Version,
    plan: &Plan,
    level: u32,
    column: u32,
    row: u32,
) -> Option<(String, Vec<String>)> {
    let (x, y, size) = plan.tile_in_level(level as usize, column, row)?;
    let level = plan.levels.get(level as usize)?;
    if level.is_single() {
        return Some(("full".to_owned(), whole(version, plan, size)));
    }
    let full = plan.extent;
    let (x, y) = (x * level.scale_factor, y * level.scale_factor);
    let w = (size.w.saturating_mul(level.scale_factor)).min(full.w - x);
    let h = (size.h.saturating_mul(level.scale_factor)).min(full.h - y);
    let sizes = match version {
        Version::V3 => vec![format!("{},{}", size.w, size.h)],
        // OpenSeadragon says `full` of a tile that is as wide as the image.
        Version::V2 if size.w == full.w => vec![format!("{},", size.w), "full".to_owned()],
        Version::V2 => vec![format!("{},", size.w)],
    };
    Some((format!("{x},{y},{w},{h}"), sizes))
}

/// The sizes under which the whole image is asked for.
fn whole(version: Version, plan: &Plan, size: Extent) -> Vec<String> {
    let spelled = match version {
        Version::V3 => format!("{},{}", size.w, size.h),
        Version::V2 => format!("{},", size.w),
    };
    match version {
        Version::V3 if size == plan.extent => vec!["max".to_owned()],
        Version::V2 if size == plan.extent => vec!["full".to_owned()],
        // The largest that there is, where it is not the image's own.
        Version::V3 | Version::V2 if wholes(plan).next() == Some(size) => {
            vec![spelled, "max".to_owned()]
        }
        Version::V3 | Version::V2 => vec![spelled],
    }
}

/// The sizes at which the whole image is one file, the largest first.
pub(crate) fn wholes(plan: &Plan) -> impl Iterator<Item = Extent> {
    let is_whole =
        |level: &&PlannedLevel| level.has_whole || (level.has_tiles && level.is_single());
    plan.levels.iter().filter(is_whole).map(|level| level.extent)
}

/// The address of the whole image at one of these sizes.
pub(crate) fn whole_url(version: Version, image: &Image<'_>, size: Extent) -> String {
    let size = whole(version, image.plan, size).swap_remove(0);
    format!("{}/full/{size}/0/default.jpg", image.url())
}

/// The sizes below the image's own, which is there under another name.
///
/// OpenSeadragon takes the sizes for the levels if there are as many as scale factors, and, adding the image itself, if there is
/// one less: so that none of its tiles is missed, the smallest are left out where the sizes are not the levels.
fn sizes(plan: &Plan, scale_factors: &[u32]) -> Vec<Extent> {
    let mut sizes: Vec<Extent> = wholes(plan).filter(|size| *size != plan.extent).collect();
    let Extent { w, h } = plan.extent;
    let halves = scale_factors.iter().filter(|factor| **factor > 1);
    let levels: Vec<Extent> =
        halves.map(|factor| Extent::new(w.div_ceil(*factor), h.div_ceil(*factor))).collect();
    let is_taken_for_levels = |sizes: &[Extent]| {
        sizes.len() == levels.len() + 1 || (sizes.len() == levels.len() && sizes != levels)
    };
    while !sizes.is_empty() && is_taken_for_levels(&sizes) {
        sizes.pop();
    }
    sizes
}

pub(crate) fn info(image: &Image<'_>) -> ImageInfo {
    let plan = image.plan;
    let tiled = plan.levels.iter().filter(|level| level.has_tiles);
    let scale_factors: Vec<u32> = tiled.map(|level| level.scale_factor).collect();
    let sizes = sizes(plan, &scale_factors);
    // What is larger than the largest whole image is there in tiles alone.
    let largest = wholes(plan).next().filter(|size| *size != plan.extent);
    let (formats, preferred_formats) = match image.format {
        TileFormat::Jpg => (vec![Format::Jpg], Vec::new()),
        TileFormat::Webp | TileFormat::Avif => {
            let format = image.format.format();
            (vec![Format::Jpg, format], vec![format])
        }
    };
    ImageInfo {
        limits: Limits {
            max_width: largest.map(|size| size.w),
            max_height: largest.map(|size| size.h),
            ..Limits::default()
        },
        sizes,
        tiles: vec![Tiles::square(plan.tile, scale_factors)],
        qualities: vec![Quality::Default],
        formats,
        preferred_formats,
        ..ImageInfo::new(image.url(), plan.extent, Level::Zero)
    }
}
