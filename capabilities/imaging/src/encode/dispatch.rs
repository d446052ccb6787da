use iiif::image::Format;

use super::{Produce, Sheet, avif, gif, jp2, jpeg, pdf, png, tiff, webp};
use crate::{DrawSettings, Error};

/// Makes a file of the rows that are produced.
pub(crate) fn encode(
    format: Format,
    sheet: Sheet,
    settings: &DrawSettings,
    produce: Produce<'_>,
) -> Result<Vec<u8>, Error> {
    if sheet.extent.longest_edge() > format.longest_edge() {
        return Err(Error::Format { format, w: sheet.extent.w, h: sheet.extent.h });
    }
    match format {
        Format::Jpg => jpeg::encode(sheet, settings.jpeg_quality, produce),
        Format::Png => png::encode(sheet, produce),
        Format::Webp => webp::encode(sheet, settings.webp_quality, produce),
        Format::Gif => gif::encode(sheet, produce),
        Format::Tif => tiff::encode(sheet, produce),
        Format::Avif => avif::encode(sheet, settings.avif_quality, produce),
        Format::Jp2 => jp2::encode(sheet, settings.jp2_ratio, produce),
        Format::Pdf => pdf::encode(sheet, settings.jpeg_quality, produce),
    }
}
