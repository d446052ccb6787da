//! The end of the work: index and directories are written, and tiles copied behind them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use super::ifd::{Directories, TilePlace};
use super::index::{self, Index};
use super::writer::Writer;
use crate::Error;

/// Puts the pyramid together and says how long it is.
pub(super) fn assemble(writer: &Writer, scratch: &File, pyramid: &File) -> Result<u64, Error> {
    let levels = writer.levels();
    let pieces: Vec<_> = writer.levels.iter().map(|level| level.tiles.pieces.clone()).collect();
    let directories = Directories {
        levels: &levels,
        tile: writer.tile,
        gray: writer.kind.gray,
        chroma: writer.kind.chroma,
        tables: &writer.tables,
    };
    let count = pieces.iter().map(|pieces| pieces.len() as u64).sum();
    let directories_at = index::AT + Index::length(writer.tables.len(), count);
    let index = Index {
        extent: writer.extent,
        tile: writer.tile,
        gray: writer.kind.gray,
        chroma: writer.kind.chroma,
        data: directories_at + directories.length(),
        tables: writer.tables.clone(),
        pieces,
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

/// The padded tiles of all levels, which is what other programs read.
fn places(index: &Index, starts: &[Vec<u64>]) -> Vec<Vec<TilePlace>> {
    let levels = index.levels();
    let of_level = |((level, starts), lengths): ((&super::Level, &Vec<u64>), &Vec<u32>)| {
        let pieces = level.tiles().map(|(column, row)| {
            let piece = level.padded_piece(column, row, index.tile) as usize;
            (starts[piece], lengths[piece])
        });
        pieces.collect()
    };
    levels.iter().zip(starts).zip(&index.pieces).map(of_level).collect()
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
