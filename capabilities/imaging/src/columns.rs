use rayon::prelude::*;

use crate::Error;

/// The tiles of a column of a level, made one after another, from the top.
pub(crate) trait Column: Send {
    /// Begins the tile of the next row of tiles, of which `h` rows lie inside the image.
    fn begin(&mut self, h: u32) -> Result<(), Error>;

    /// Takes its part of whole rows of the level.
    fn write(&mut self, rows: &[u8], stride: usize) -> Result<(), Error>;

    fn end(&mut self) -> Result<(), Error>;
}

/// The columns of a level side by side, to which its rows are given.
pub(crate) struct Columns<C> {
    columns: Vec<C>,
    /// The rows of the level.
    h: u32,
    tile: u32,
    stride: usize,
    /// The row of pixels that comes next.
    y: u32,
}

/// Takes a row of tiles that has ended: its number, and the columns that hold it.
pub(crate) type Take<'t, C> = &'t mut dyn FnMut(u32, &[C]) -> Result<(), Error>;

impl<C: Column> Columns<C> {
    pub(crate) fn new(columns: Vec<C>, h: u32, tile: u32, stride: usize) -> Self {
        Self { columns, h, tile, stride, y: 0 }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.y == self.h
    }

    pub(crate) fn push(
        &mut self,
        rows: &[u8],
        is_parallel: bool,
        take: Take<'_, C>,
    ) -> Result<(), Error> {
        let (tile, stride) = (self.tile, self.stride);
        let mut rows = rows;
        while !rows.is_empty() {
            let done = self.y % tile;
            let row = self.y / tile;
            let h = (self.h - (self.y - done)).min(tile);
            let n = ((h - done) as usize).min(rows.len() / stride);
            let (part, rest) = rows.split_at(n * stride);
            self.y += n as u32;
            let (is_first, is_last) = (done == 0, done + n as u32 == h);
            each(&mut self.columns, is_parallel, |column| {
                if is_first {
                    column.begin(h)?;
                }
                column.write(part, stride)?;
                if is_last { column.end() } else { Ok(()) }
            })?;
            if is_last {
                take(row, &self.columns)?;
            }
            rows = rest;
        }
        Ok(())
    }
}

fn each<T: Send>(
    items: &mut [T],
    is_parallel: bool,
    act: impl Fn(&mut T) -> Result<(), Error> + Sync + Send,
) -> Result<(), Error> {
    if is_parallel {
        items.par_iter_mut().try_for_each(act)
    } else {
        items.iter_mut().try_for_each(act)
    }
}
