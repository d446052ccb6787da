use iiif::image::{Drawing, Format};

use super::covering::Covering;
use super::parsed::Pyramid;

impl Pyramid {
    /// About how many bytes of memory a drawing takes, with the tiles it reads and its answer.
    pub fn memory_cost(&self, drawing: &Drawing) -> u64 {
        let covering = self.covering(drawing);
        let read: u64 = covering.tiles.iter().map(|range| range.end - range.start).sum();
        let channels = if Covering::is_gray(self, drawing) { 1 } else { 3 };
        let decoded = covering.extent(self);
        // A row of tiles, the one that is decoded meanwhile, and as much again that waits to be scaled.
        let band = u64::from(decoded.w) * u64::from(decoded.h.min(self.tile)) * channels * 3;
        read + band + answer_bytes(drawing, channels) + (1 << 16)
    }
}

/// What the steps after scaling keep in memory, and the answer itself.
pub(crate) fn answer_bytes(drawing: &Drawing, channels: u64) -> u64 {
    let pixels = drawing.size.area() * channels;
    let turned = drawing.output_extent().area() * 4;
    let kept = match drawing.format {
        _ if drawing.rotation.quarter_turns().is_none() => pixels + turned,
        _ if drawing.rotation.quarter_turns() != Some(0) => 2 * pixels,
        Format::Jpg | Format::Pdf => 0,
        Format::Png | Format::Tif => pixels,
        Format::Webp | Format::Gif => 2 * pixels,
        // 32 bits a sample, and what the encoder makes of them.
        Format::Jp2 => 9 * pixels,
        Format::Avif => 16 * pixels,
    };
    kept + pixels / 4
}
