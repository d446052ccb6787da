use std::borrow::Cow;

use gif::{EncodingError, Frame};

use super::{Produce, Sheet};
use crate::Error;
use crate::decode::Layout;
use crate::picture::Picture;

/// Between the best colours (1) and the least work (30).
const SPEED: i32 = 10;

/// At most 256 colours, and what is half transparent is made wholly so or not at all.
pub(super) fn encode(sheet: Sheet, produce: Produce<'_>) -> Result<Vec<u8>, Error> {
    let picture = sheet.collect(produce)?;
    let side = |side: u32| u16::try_from(side).map_err(|_| failed(&"it is too large"));
    let (w, h) = (side(sheet.extent.w)?, side(sheet.extent.h)?);
    let frame = match sheet.layout {
        Layout::Gray => gray(picture.pixels, sheet.bitonal),
        Layout::Rgb => Frame::from_rgb_speed(w, h, &picture.pixels, SPEED),
        Layout::GrayAlpha | Layout::Rgba => {
            Frame::from_rgba_speed(w, h, &mut opaque_or_not(&picture), SPEED)
        }
    };
    let frame = Frame { width: w, height: h, ..frame };
    let failed = |error: EncodingError| failed(&error);
    let mut encoder = gif::Encoder::new(Vec::new(), w, h, &[]).map_err(failed)?;
    encoder.write_frame(&frame).map_err(failed)?;
    encoder.into_inner().map_err(failed)
}

/// Shades are their own palette, and none is lost.
fn gray(pixels: Vec<u8>, bitonal: bool) -> Frame<'static> {
    let (palette, buffer) = if bitonal {
        (vec![0, 0, 0, 255, 255, 255], pixels.iter().map(|sample| sample >> 7).collect())
    } else {
        ((0..=255).flat_map(|shade| [shade; 3]).collect(), pixels)
    };
    Frame { palette: Some(palette), buffer: Cow::Owned(buffer), ..Frame::default() }
}

fn opaque_or_not(picture: &Picture) -> Vec<u8> {
    let channels = picture.layout.channels();
    let of_pixel = |pixel: &[u8]| match (pixel[channels - 1] >= 128, channels) {
        (false, _) => [0; 4],
        (true, 2) => [pixel[0], pixel[0], pixel[0], 255],
        (true, _) => [pixel[0], pixel[1], pixel[2], 255],
    };
    picture.pixels.chunks_exact(channels).flat_map(of_pixel).collect()
}

fn failed(reason: &dyn std::fmt::Display) -> Error {
    Error::Encoding { format: "GIF", reason: reason.to_string() }
}
