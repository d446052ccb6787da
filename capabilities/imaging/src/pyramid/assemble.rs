//! The end of the work: index and directories are written, and tiles copied behind them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use super::ifd::{Directories, TilePlace};
use super::index::{self, Index};
use super::level::Level;
use super::writer::Writer;
use crate::Error;

/// Puts the pyramid together and says how long it is.
pub(super) fn assemble(writer: &Writer, scratch: &File, pyramid: &File) -> Result<u64, Error> {
    let levels = writer.levels();
    let lengths = writer.levels.iter().map(|level| level.tiles.lengths.clone()).collect();
    let directories = Directories {
        levels: &levels,
        tile: writer.tile,
        gray: writer.kind.gray,
        chroma: writer.kind.chroma,
        tables: &writer.tables,
    };
    let count = levels.iter().map(Level::tile_count).sum();
    let directories_at = index::AT + Index::length(writer.tables.len(), count);
    let index = Index {
        extent: writer.extent,
        tile: writer.tile,
        gray: writer.kind.gray,
        chroma: writer.kind.chroma,
        data: directories_at + directories.length(),
        tables: writer.tables.clone(),
        lengths,
    };
    let (starts, end) = index.starts()?;

    let mut head = b"II\x2b\x00\x08\x00\x00\x00".to_vec();
    head.extend(directories.first(directories_at).to_le_bytes());
    head.extend(index.write()?);
    head.extend(directories.write(directories_at, &places(&index, &starts)));
    debug_assert_eq!(head.len() as u64, index.data, "the head has the length that was foreseen");
    pyramid.write_all_at(&head, 0)?;

    let runs = writer.levels.iter().rev().flat_map(|level| &level.tiles.runs);
    copy(scratch, runs, pyramid, index.data)?;
    pyramid.set_len(end)?;
    Ok(end)
}

/// Where other programs find the tiles of all levels.
fn places(index: &Index, starts: &[Vec<u64>]) -> Vec<Vec<TilePlace>> {
    let levels = starts.iter().zip(&index.lengths);
    let of_level = |(starts, lengths): (&Vec<u64>, &Vec<u32>)| {
        starts.iter().copied().zip(lengths.iter().copied()).collect()
    };
    levels.map(of_level).collect()
}

/// Copies within the kernel where it can, and by hand where it can't.
fn copy<'a>(
    mut scratch: &File,
    runs: impl Iterator<Item = &'a (u64, u64)>,
    mut pyramid: &File,
    at: u64,
) -> Result<(), Error> {
    pyramid.seek(SeekFrom::Start(at))?;
    for (offset, length) in runs {
        scratch.seek(SeekFrom::Start(*offset))?;
        if io::copy(&mut scratch.take(*length), &mut pyramid)? != *length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
    }
    Ok(())
}
