use iiif::image::Extent;

use crate::Error;
use crate::decode::Layout;

/// Pixels in memory: 8 bits a sample, rows from the top, nothing between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) extent: Extent,
    pub(crate) layout: Layout,
    pub(crate) pixels: Vec<u8>,
}

impl Picture {
    pub(crate) fn new(extent: Extent, layout: Layout) -> Result<Self, Error> {
        let bytes = extent.area().checked_mul(layout.channels() as u64);
        let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        let too_large = || Error::TooLarge(format!("{extent} pixels don't fit into memory"));
        let bytes = bytes.ok_or_else(too_large)?;
        let mut pixels = Vec::new();
        pixels.try_reserve_exact(bytes).map_err(|_| too_large())?;
        pixels.resize(bytes, 0);
        Ok(Self { extent, layout, pixels })
    }
}
