//! The tiles of one level, a row of them at a time.

use std::fs::File;
use std::os::unix::fs::FileExt;

use super::column::Column;
use super::level::Level;
use crate::Error;
use crate::columns::Columns;
use crate::jpeg::Kind;

pub(super) struct TileRows {
    pub(super) level: Level,
    /// The lengths of its tiles, row by row.
    pub(super) lengths: Vec<u32>,
    /// Where they are in the scratch file: offset and length of each row of tiles.
    pub(super) runs: Vec<(u64, u64)>,
    columns: Columns<Column>,
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
        let columns = Columns::new(columns, level.extent.h, tile, stride);
        Ok(Self { level, lengths: Vec::new(), runs: Vec::new(), columns })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.columns.is_complete()
    }

    /// Copies each finished row of tiles into the scratch file.
    pub(super) fn push(
        &mut self,
        rows: &[u8],
        is_parallel: bool,
        scratch: &mut Scratch,
    ) -> Result<(), Error> {
        let Self { columns, lengths, runs, .. } = self;
        columns.push(rows, is_parallel, &mut |_, columns| {
            let start = scratch.end;
            for column in columns {
                let length = u32::try_from(column.stream().len());
                lengths.push(length.map_err(|_| Error::TooLarge("a tile of 4 GB".to_owned()))?);
                scratch.append(column.stream())?;
                scratch.append(column.table())?;
            }
            runs.push((start, scratch.end - start));
            Ok(())
        })
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
