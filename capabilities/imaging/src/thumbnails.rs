use std::fs::File;
use std::os::unix::fs::FileExt;

use iiif::image::{Extent, Size, thumbnail_extent};

use crate::jpeg::{Encoder, Kind};
use crate::pyramid::{Level, Window};
use crate::steps::scale::Scaler;
use crate::{Error, Thumbnail};

/// Of the ready JPEGs.
pub(crate) const QUALITY: u8 = 90;

/// The extents that sizes come to, without repetitions and without those that don't reduce the image.
pub(crate) fn extents(sizes: &[Size], whole: Extent) -> Vec<Extent> {
    let mut extents = Vec::new();
    for extent in sizes.iter().filter_map(|size| thumbnail_extent(size, whole)) {
        if !extents.contains(&extent) {
            extents.push(extent);
        }
    }
    extents
}

/// A file of thumbnails, one after another.
pub(crate) struct Album<'a> {
    file: &'a File,
    written: Vec<Thumbnail>,
}

impl<'a> Album<'a> {
    pub(crate) fn new(file: &'a File) -> Self {
        Self { file, written: Vec::new() }
    }

    pub(crate) fn add(&mut self, extent: Extent, jpeg: &[u8]) -> Result<(), Error> {
        let offset = self.end();
        self.file.write_all_at(jpeg, offset)?;
        self.written.push(Thumbnail { extent, offset, bytes: jpeg.len() as u64 });
        Ok(())
    }

    /// Cuts off what was in the file before, and says where the thumbnails are.
    pub(crate) fn close(self) -> Result<Vec<Thumbnail>, Error> {
        self.file.set_len(self.end())?;
        Ok(self.written)
    }

    fn end(&self) -> u64 {
        self.written.last().map_or(0, |last| last.offset + last.bytes)
    }
}

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
        let extents = extents(sizes, levels[0].extent).into_iter();
        let makers = extents.map(|extent| Maker::new(extent, levels, gray));
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

    /// Writes all of them, after the last row.
    pub(crate) fn finish(self, file: &File) -> Result<Vec<Thumbnail>, Error> {
        let mut album = Album::new(file);
        for mut maker in self.makers {
            maker.encoder.end()?;
            album.add(maker.extent, maker.encoder.bytes())?;
        }
        album.close()
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
