//! The head of a file that says it is a pyramid of ours: it is refused, or every tile that it offers
//! lies inside of the file.
#![no_main]

use flate2::Crc;
use iiif::image::{Drawing, Extent, ImageRequest, Limits, Version};
use imaging::{Parsed, Pyramid};
use libfuzzer_sys::fuzz_target;

/// A tile, a level, a part that is off the grid.
const PATHS: [&str; 3] = [
    "0,0,512,512/max/0/default.jpg",
    "full/max/0/default.jpg",
    "pct:10,10,33,33/pct:50/0/default.jpg",
];

const LIMITS: Limits =
    Limits { max_width: None, max_height: None, max_area: None, upscaling: false };

/// Where the index has its length and its checksum, and where that begins to hold.
const LENGTH: usize = 16 + 12;
const SUM: usize = 16 + 16;
const CHECKED: usize = 16 + 20;

fuzz_target!(|data: &[u8]| {
    read(data);
    if let Some(data) = with_its_checksum(data) {
        read(&data);
    }
});

fn read(head: &[u8]) {
    let short = head.len() as u64;
    for file_len in [short, short.saturating_mul(64), 1 << 40] {
        match Pyramid::parse(head, file_len) {
            Ok(Parsed::Done(pyramid)) => check(&pyramid, file_len),
            Ok(Parsed::Need(bytes)) => assert!(short < bytes && bytes <= file_len, "{bytes}"),
            Err(_) => {}
        }
    }
}

/// The fuzzer would never guess a checksum, and see nothing behind it.
fn with_its_checksum(head: &[u8]) -> Option<Vec<u8>> {
    let length = head.get(LENGTH..SUM)?.first_chunk().copied().map(u32::from_le_bytes)?;
    let mut crc = Crc::new();
    crc.update(head.get(CHECKED..(length as usize).checked_add(16)?)?);
    let mut head = head.to_vec();
    head.get_mut(SUM..CHECKED)?.copy_from_slice(&crc.sum().to_le_bytes());
    Some(head)
}

fn check(pyramid: &Pyramid, file_len: u64) {
    assert!(!pyramid.extent.is_empty());
    assert_eq!(pyramid.sizes().len(), pyramid.levels.len());
    assert_eq!(pyramid.scale_factors().len(), pyramid.levels.len());
    let whole =
        pyramid.sizes().into_iter().map(|Extent { w, h }| format!("full/{w},{h}/0/default.jpg"));
    for path in PATHS.into_iter().map(str::to_owned).chain(whole) {
        let Some(drawing) = drawing(&path, pyramid.extent) else { continue };
        if let Some(tile) = pyramid.tile(&drawing) {
            assert!(tile.range.start <= tile.range.end, "{path}: {:?}", tile.range);
            assert!(tile.range.end <= file_len, "{path}: {:?}", tile.range);
            tile.length();
        }
        if drawing.size.area() < 1 << 26
            && let Some(stitch) = pyramid.stitch(&drawing)
        {
            let mut ranges = stitch.bands.iter().flat_map(|band| band.tiles.iter());
            assert!(
                ranges.all(|range| range.start <= range.end && range.end <= file_len),
                "{path}"
            );
        }
        if drawing.size.area() < 1 << 26 {
            pyramid.covering(&drawing);
        }
    }
}

fn drawing(path: &str, source: Extent) -> Option<Drawing> {
    ImageRequest::parse(Version::V3, path).ok()?.resolve(source, &LIMITS).ok()
}
