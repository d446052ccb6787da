//! The tiles of one level, a row of them at a time.

use std::fs::File;
use std::os::unix::fs::FileExt;

use rayon::prelude::*;

use super::column::Column;
use super::level::Level;
use crate::Error;
use crate::jpeg::Kind;

pub(super) struct TileRows {
    pub(super) level: Level,
    /// The lengths of its tiles, row by row.
    pub(super) lengths: Vec<u32>,
    /// Where they are in the scratch file: offset and length of each row of tiles.
    pub(super) runs: Vec<(u64, u64)>,
    columns: Vec<Column>,
    stride: usize,
    tile: u32,
    /// The row of pixels that comes next.
    y: u32,
}

impl TileRows {
    pub(super) fn new(level: Level, tile: u32, kind: Kind) -> Result<Self, Error> {
        let w = level.extent.w;
        let columns = (0..level.columns).map(|n| {
            let x = n * tile;
            Column::new(x, (w - x).min(tile), tile, kind)
        });
        let columns = columns.collect::<Result<_, _>>()?;
        let stride = w as usize * kind.channels();
        Ok(Self { level, lengths: Vec::new(), runs: Vec::new(), columns, stride, tile, y: 0 })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.y == self.level.extent.h
    }

    pub(super) fn push(
        &mut self,
        rows: &[u8],
        is_parallel: bool,
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        let (tile, stride) = (self.tile, self.stride);
        let mut rows = rows;
        while !rows.is_empty() {
            let done = self.y % tile;
            let h = (self.level.extent.h - (self.y - done)).min(tile);
            let n = ((h - done) as usize).min(rows.len() / stride);
            let (part, rest) = rows.split_at(n * stride);
            self.y += n as u32;
            let is_first = done == 0;
            let is_last = done + n as u32 == h;
            each(&mut self.columns, is_parallel, |column| {
                if is_first {
                    column.begin(h)?;
                }
                column.write(part, stride)?;
                if is_last { column.end() } else { Ok(()) }
            })?;
            if is_last {
                self.put_away(scratch)?;
            }
            rows = rest;
        }
        Ok(())
    }

    /// Copies a finished row of tiles into the scratch file.
    fn put_away(&mut self, scratch: &mut Scratch) -> Result<(), Error> {
        let start = scratch.end;
        for column in &self.columns {
            let length = u32::try_from(column.stream().len());
            self.lengths.push(length.map_err(|_| Error::TooLarge("a tile of 4 GB".to_owned()))?);
            scratch.append(column.stream())?;
            scratch.append(column.table())?;
        }
        self.runs.push((start, scratch.end - start));
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

/// A file that grows at its end, for what is to be put in order later.
pub(super) struct Scratch {
    file: File,
    end: u64,
}

impl Scratch {
    pub(super) fn new(file: File, end: u64) -> Self {
        Self { file, end }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.file.write_all_at(bytes, self.end)?;
        self.end += bytes.len() as u64;
        Ok(())
    }
}
