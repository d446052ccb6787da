use std::fs::File;
use std::os::unix::fs::FileExt;

use iiif::image::{Extent, Size, thumbnail_extent};

use crate::jpeg::{Encoder, Kind};
use crate::pyramid::{Level, Window};
use crate::steps::scale::Scaler;
use crate::{Error, Thumbnail};

/// Of the ready JPEGs.
const QUALITY: u8 = 90;

/// Makes thumbnails from the rows of levels, as they pass by.
pub(crate) struct Thumbnails {
    makers: Vec<Maker>,
}

struct Maker {
    /// The smallest level that is large enough.
    level: usize,
    extent: Extent,
    stride: usize,
    scaler: Scaler,
    encoder: Encoder,
}

impl Thumbnails {
    pub(crate) fn new(sizes: &[Size], levels: &[Level], gray: bool) -> Result<Self, Error> {
        let mut extents = Vec::new();
        for extent in sizes.iter().filter_map(|size| thumbnail_extent(size, levels[0].extent)) {
            if !extents.contains(&extent) {
                extents.push(extent);
            }
        }
        let makers = extents.into_iter().map(|extent| Maker::new(extent, levels, gray));
        Ok(Self { makers: makers.collect::<Result<_, _>>()? })
    }

    /// Takes the next rows of a level.
    pub(crate) fn watch(&mut self, level: usize, rows: &[u8]) -> Result<(), Error> {
        for maker in self.makers.iter_mut().filter(|maker| maker.level == level) {
            let Maker { scaler, encoder, stride, .. } = maker;
            scaler.push(rows, &mut |rows| encoder.write(rows, *stride, rows.len() / *stride))?;
        }
        Ok(())
    }

    /// Writes all of them, one after another, after the last row.
    pub(crate) fn finish(self, file: &File) -> Result<Vec<Thumbnail>, Error> {
        let mut offset = 0;
        let mut written = Vec::new();
        for mut maker in self.makers {
            maker.encoder.end()?;
            let bytes = maker.encoder.bytes();
            file.write_all_at(bytes, offset)?;
            let bytes = bytes.len() as u64;
            written.push(Thumbnail { extent: maker.extent, offset, bytes });
            offset += bytes;
        }
        file.set_len(offset)?;
        Ok(written)
    }
}

impl Maker {
    fn new(extent: Extent, levels: &[Level], gray: bool) -> Result<Self, Error> {
        let is_enough = |level: &Level| level.extent.w >= extent.w && level.extent.h >= extent.h;
        let level = levels.iter().rposition(is_enough).unwrap_or(0);
        let from = levels[level].extent;
        let kind = Kind::plain(gray, QUALITY);
        let mut encoder = Encoder::new(kind)?;
        encoder.begin(extent)?;
        let scaler = Scaler::new(from, Window::whole(from), extent, kind.channels());
        let stride = extent.w as usize * kind.channels();
        Ok(Self { level, extent, stride, scaler, encoder })
    }
}
