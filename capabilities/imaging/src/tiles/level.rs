use rayon::prelude::*;

use super::column::Column;
use super::cut::{Emit, Piece};
use super::plan::{Plan, PlannedLevel};
use super::settings::TileFormat;
use super::whole::Whole;
use crate::Error;
use crate::jpeg::Kind;
use crate::pyramid::Halver;

/// A level of which some rows have come.
pub(super) struct GrowingLevel {
    number: u32,
    plan: PlannedLevel,
    tile: u32,
    /// None where the level has no tiles.
    columns: Vec<Column>,
    whole: Option<Whole>,
    stride: usize,
    /// The row of pixels that comes next.
    y: u32,
    halver: Halver,
    pub(super) halved: Vec<u8>,
}

impl GrowingLevel {
    pub(super) fn new(
        plan: &Plan,
        number: usize,
        kind: Kind,
        format: TileFormat,
    ) -> Result<Self, Error> {
        let (level, tile) = (plan.levels[number].clone(), plan.tile);
        let count = if level.has_tiles { level.columns } else { 0 };
        let column =
            |n: u32| Column::new(n * tile, (level.extent.w - n * tile).min(tile), kind, format);
        let columns = (0..count).map(column).collect::<Result<_, _>>()?;
        let number = number as u32;
        let whole = level.has_whole.then(|| Whole::new(number, level.extent, kind)).transpose()?;
        let stride = level.extent.w as usize * kind.channels();
        let halver = Halver::new(level.extent.w, level.extent.h, kind.channels());
        let halved = Vec::new();
        Ok(Self { number, plan: level, tile, columns, whole, stride, y: 0, halver, halved })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.y == self.plan.extent.h
    }

    /// Encodes rows and halves them, side by side if there are threads for it.
    pub(super) fn push(
        &mut self,
        rows: &[u8],
        has_next: bool,
        is_parallel: bool,
        emit: Emit<'_>,
    ) -> Result<(), Error> {
        let Self { halver, halved, whole, .. } = self;
        let mut beside = || {
            if has_next {
                halver.halve(rows, halved);
            }
            whole.as_mut().map_or(Ok(()), |whole| whole.write(rows))
        };
        let mut tiles = Tiles {
            number: self.number,
            columns: &mut self.columns,
            h: self.plan.extent.h,
            tile: self.tile,
            stride: self.stride,
            y: &mut self.y,
        };
        if is_parallel {
            let (first, second) = rayon::join(beside, || tiles.push(rows, true, emit));
            first.and(second)?;
        } else {
            beside()?;
            tiles.push(rows, false, emit)?;
        }
        self.whole.as_mut().map_or(Ok(()), |whole| whole.hand_on(emit))
    }

    pub(super) fn end(self, emit: Emit<'_>) -> Result<(), Error> {
        self.whole.map_or(Ok(()), |whole| whole.end(emit))
    }
}

/// The tiles of a level, a row of them at a time.
struct Tiles<'a> {
    number: u32,
    columns: &'a mut [Column],
    h: u32,
    tile: u32,
    stride: usize,
    y: &'a mut u32,
}

impl Tiles<'_> {
    fn push(&mut self, rows: &[u8], is_parallel: bool, emit: Emit<'_>) -> Result<(), Error> {
        let (tile, stride) = (self.tile, self.stride);
        let mut rows = rows;
        while !rows.is_empty() {
            let done = *self.y % tile;
            let row = *self.y / tile;
            let h = (self.h - (*self.y - done)).min(tile);
            let n = ((h - done) as usize).min(rows.len() / stride);
            let (part, rest) = rows.split_at(n * stride);
            *self.y += n as u32;
            let (is_first, is_last) = (done == 0, done + n as u32 == h);
            each(self.columns, is_parallel, |column| {
                if is_first {
                    column.begin(h)?;
                }
                column.write(part, stride)?;
                if is_last { column.end() } else { Ok(()) }
            })?;
            if is_last {
                for (column, tile) in (0..).zip(self.columns.iter()) {
                    emit(Piece::Tile { level: self.number, column, row }, tile.bytes())?;
                }
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
