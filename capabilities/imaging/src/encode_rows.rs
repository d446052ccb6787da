use iiif::image::Extent;

use crate::{
    Error,
    jpeg::{Encoder, Kind},
};

/// Takes rows of colours, three bytes for each pixel.
pub type TakeRows<'a> = dyn FnMut(&[u8]) -> Result<(), Error> + 'a;

/// Makes a JPEG of the rows that somebody else has, from the top.
pub fn encode_rows(
    extent: Extent,
    quality: u8,
    rows: impl FnOnce(&mut TakeRows<'_>) -> Result<(), Error>,
) -> Result<Vec<u8>, Error> {
    let kind = Kind::plain(false, quality);
    let stride = extent.w as usize * kind.channels();
    let mut encoder = Encoder::new(kind)?;
    encoder.begin(extent)?;
    rows(&mut |rows| encoder.write(rows, stride, rows.len() / stride))?;
    encoder.end()?;
    Ok(encoder.bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_a_jpeg() {
        let extent = Extent::new(20, 10);
        let jpeg = encode_rows(extent, 90, |take| {
            (0..10).try_for_each(|_| take(&[200, 10, 10].repeat(20)))
        });
        let jpeg = jpeg.unwrap();
        assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]));
    }
}
