use std::io::Cursor;

use iiif::image::Extent;

use crate::jpeg::{Encoder, Kind, Space, Stream, Target};
use crate::pyramid::Window;
use crate::steps::scale::Scaler;
use crate::{DrawSettings, Error};

/// Rows that are decoded at once.
const BAND: u32 = 64;

/// Makes another size of a JPEG that we made, such as a stored thumbnail.
pub fn resize_jpeg(jpeg: &[u8], to: Extent, settings: &DrawSettings) -> Result<Vec<u8>, Error> {
    if to.is_empty() {
        return Err(Error::Settings("a thumbnail without pixels".to_owned()));
    }
    let mut stream = Stream::open(Box::new(Cursor::new(jpeg.to_vec())), settings.max_bytes)?;
    let gray = stream.header().space == Space::Gray;
    let eighths = eighths(stream.header().extent, to);
    let from = stream.begin(if gray { Target::Gray } else { Target::Rgb }, eighths)?;

    let kind = Kind::plain(gray, settings.jpeg_quality);
    let (channels, stride) = (kind.channels(), to.w as usize * kind.channels());
    let mut encoder = Encoder::new(kind)?;
    encoder.begin(to)?;
    let mut scaler = Scaler::new(from, Window::whole(from), to, channels);
    let mut band = Vec::new();
    for y in (0..from.h).step_by(BAND as usize) {
        let rows = BAND.min(from.h - y);
        band.resize(rows as usize * from.w as usize * channels, 0);
        stream.read(&mut band)?;
        scaler.push(&band, &mut |rows| encoder.write(rows, stride, rows.len() / stride))?;
    }
    encoder.end()?;
    Ok(encoder.bytes().to_vec())
}

/// The least that can be decoded and still has all the pixels that are wanted.
fn eighths(from: Extent, to: Extent) -> u8 {
    let is_enough = |eighths: &u8| {
        let side = |side: u32| u64::from(side) * u64::from(*eighths) / 8;
        side(from.w) >= to.w.into() && side(from.h) >= to.h.into()
    };
    [1, 2, 4].into_iter().find(is_enough).unwrap_or(8)
}
