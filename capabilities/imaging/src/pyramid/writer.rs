use std::fs::File;

use iiif::image::Extent;

use super::assemble::assemble;
use super::halve::Halver;
use super::level::{Level, check_tile, levels};
use super::tile_rows::{Scratch, TileRows};
use crate::Error;
use crate::jpeg::{Encoder, Kind};

/// Whom rows of a level are shown to.
pub(crate) type Watch<'a> = &'a mut dyn FnMut(usize, &[u8]) -> Result<(), Error>;

/// Makes a pyramid from the rows of an image, which come from the top in any portions.
///
/// Tiles are put into a scratch file in the order in which they are finished. At the end they are
/// copied into the pyramid, behind its index, the smallest level first.
pub(crate) struct Writer {
    pub(super) extent: Extent,
    pub(super) tile: u32,
    pub(super) kind: Kind,
    pub(super) tables: Vec<u8>,
    pub(super) levels: Vec<GrowingLevel>,
    scratch: Scratch,
    is_parallel: bool,
}

/// A level of which some rows are there.
pub(super) struct GrowingLevel {
    pub(super) tiles: TileRows,
    halver: Halver,
    halved: Vec<u8>,
}

impl Writer {
    /// The scratch file is free from the offset that stands beside it.
    pub(crate) fn new(
        extent: Extent,
        tile: u32,
        kind: Kind,
        scratch: (File, u64),
        is_parallel: bool,
    ) -> Result<Self, Error> {
        check_tile(tile)?;
        let tables = Encoder::new(kind)?.tables()?;
        let levels = levels(extent, tile).into_iter();
        let levels = levels.map(|level| GrowingLevel::new(level, tile, kind));
        let levels = levels.collect::<Result<_, _>>()?;
        let scratch = Scratch::new(scratch.0, scratch.1);
        Ok(Self { extent, tile, kind, tables, levels, scratch, is_parallel })
    }

    /// The levels that are made, the largest first.
    pub(crate) fn levels(&self) -> Vec<Level> {
        self.levels.iter().map(|level| level.tiles.level.clone()).collect()
    }

    /// Takes the next rows. `watch` sees those that they make in each level, the largest first.
    pub(crate) fn push(&mut self, rows: &[u8], watch: Watch<'_>) -> Result<(), Error> {
        let last = self.levels.len() - 1;
        let mut rows = rows;
        for (n, level) in self.levels.iter_mut().enumerate() {
            watch(n, rows)?;
            level.push(rows, n < last, self.is_parallel, &mut self.scratch)?;
            if level.halved.is_empty() {
                break;
            }
            rows = &level.halved;
        }
        Ok(())
    }

    /// Writes the file, after the last row, and says how long it is.
    pub(crate) fn finish(self, pyramid: &File) -> Result<u64, Error> {
        if !self.levels.iter().all(|level| level.tiles.is_complete()) {
            return Err(Error::Truncated);
        }
        assemble(&self, self.scratch.file(), pyramid)
    }
}

impl GrowingLevel {
    fn new(level: Level, tile: u32, kind: Kind) -> Result<Self, Error> {
        let Extent { w, h } = level.extent;
        let halver = Halver::new(w, h, kind.channels());
        Ok(Self { tiles: TileRows::new(level, tile, kind)?, halver, halved: Vec::new() })
    }

    /// Encodes rows and halves them, side by side if there are threads for it.
    fn push(
        &mut self,
        rows: &[u8],
        has_next: bool,
        is_parallel: bool,
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        let Self { tiles, halver, halved } = self;
        let mut halve = || {
            if has_next {
                halver.halve(rows, halved);
            }
        };
        if is_parallel {
            rayon::join(halve, || tiles.push(rows, true, scratch)).1
        } else {
            halve();
            tiles.push(rows, false, scratch)
        }
    }
}
