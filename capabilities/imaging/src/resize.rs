use iiif::image::Extent;

use crate::{DrawSettings, Error};

/// Makes another size of a JPEG that we made, such as a stored thumbnail.
pub fn resize_jpeg(jpeg: &[u8], to: Extent, settings: &DrawSettings) -> Result<Vec<u8>, Error> {
    let _ = (jpeg, to, settings);
    todo!()
}
