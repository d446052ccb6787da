use iiif::image::Extent;

use crate::Error;
use crate::decode::Layout;
use crate::picture::Picture;
use crate::steps::scale::Emit;

/// What an answer will be, before its first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) extent: Extent,
    pub(crate) layout: Layout,
    /// Gray, and every sample is 0 or 255.
    pub(crate) bitonal: bool,
}

/// Gives all rows, in any portions, to whom it is told.
pub(crate) type Produce<'a> = &'a mut dyn FnMut(Emit<'_>) -> Result<(), Error>;

impl Sheet {
    pub(crate) fn is_gray(self) -> bool {
        matches!(self.layout, Layout::Gray | Layout::GrayAlpha)
    }

    /// Bytes in a row.
    pub(super) fn stride(self) -> usize {
        self.extent.w as usize * self.layout.channels()
    }

    /// All rows at once, for formats that can't do with less.
    pub(crate) fn collect(self, produce: Produce<'_>) -> Result<Picture, Error> {
        let mut picture = Picture::new(self.extent, self.layout)?;
        let mut filled = 0;
        produce(&mut |rows| {
            let free = picture.pixels.get_mut(filled..filled + rows.len());
            free.ok_or(Error::Truncated)?.copy_from_slice(rows);
            filled += rows.len();
            Ok(())
        })?;
        if filled == picture.pixels.len() { Ok(picture) } else { Err(Error::Truncated) }
    }
}

/// Every gray sample three times.
pub(super) fn tripled(gray: &[u8]) -> Vec<u8> {
    gray.iter().flat_map(|sample| [*sample; 3]).collect()
}

/// Eight samples in a byte, the first one highest; rows begin with a new byte.
pub(super) fn packed(rows: &[u8], w: u32, out: &mut Vec<u8>) {
    for row in rows.chunks_exact(w as usize) {
        let pack = |samples: &[u8]| {
            (0..).zip(samples).fold(0, |byte, (n, sample)| byte | (sample & 0x80) >> n)
        };
        out.extend(row.chunks(8).map(pack));
    }
}
