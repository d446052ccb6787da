use ravif::{Encoder, Img, RGB8};

use super::sheet::tripled;
use super::{Produce, Sheet};
use crate::Error;

/// The fastest there is, and still eighty times slower than JPEG.
const SPEED: u8 = 10;

/// On the caller's thread alone: a server has others for other answers.
pub(super) fn encode(sheet: Sheet, quality: u8, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let picture = sheet.collect(produce)?;
    let samples = if sheet.is_gray() { tripled(&picture.pixels) } else { picture.pixels };
    let (pixels, _) = samples.as_chunks::<3>();
    let pixels: Vec<RGB8> = pixels.iter().map(|[r, g, b]| RGB8::new(*r, *g, *b)).collect();
    let image = Img::new(pixels.as_slice(), sheet.extent.w as usize, sheet.extent.h as usize);
    let encoder =
        Encoder::new().with_quality(f32::from(quality)).with_speed(SPEED).with_num_threads(Some(1));
    let encoded = encoder.encode_rgb(image);
    let failed =
        |error: ravif::Error| Error::Encoding { format: "AVIF", reason: error.to_string() };
    Ok(encoded.map_err(failed)?.avif_file)
}
