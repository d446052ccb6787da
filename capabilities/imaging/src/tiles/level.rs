use super::column::Column;
use super::cut::{Emit, Piece};
use super::plan::Plan;
use super::settings::TileFormat;
use super::whole::Whole;
use crate::Error;
use crate::columns::Columns;
use crate::jpeg::Kind;
use crate::pyramid::Halver;

/// A level of which some rows have come.
pub(super) struct GrowingLevel {
    number: u32,
    /// None where the level has no tiles.
    columns: Columns<Column>,
    whole: Option<Whole>,
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
        let (level, tile) = (&plan.levels[number], plan.tile);
        let count = if level.has_tiles { level.columns } else { 0 };
        let column =
            |n: u32| Column::new(n * tile, (level.extent.w - n * tile).min(tile), kind, format);
        let columns = (0..count).map(column).collect::<Result<_, _>>()?;
        let number = number as u32;
        let whole = level.has_whole.then(|| Whole::new(number, level.extent, kind)).transpose()?;
        let stride = level.extent.w as usize * kind.channels();
        let halver = Halver::new(level.extent.w, level.extent.h, kind.channels());
        let columns = Columns::new(columns, level.extent.h, tile, stride);
        Ok(Self { number, columns, whole, halver, halved: Vec::new() })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.columns.is_complete()
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
        let (columns, level) = (&mut self.columns, self.number);
        let mut cut = |is_parallel| {
            columns.push(rows, is_parallel, &mut |row, columns| {
                let mut tiles = (0..).zip(columns);
                tiles.try_for_each(|(column, tile)| {
                    emit(Piece::Tile { level, column, row }, tile.bytes())
                })
            })
        };
        if is_parallel {
            let (first, second) = rayon::join(beside, || cut(true));
            first.and(second)?;
        } else {
            beside()?;
            cut(false)?;
        }
        self.whole.as_mut().map_or(Ok(()), |whole| whole.hand_on(emit))
    }

    pub(super) fn end(self, emit: Emit<'_>) -> Result<(), Error> {
        self.whole.map_or(Ok(()), |whole| whole.end(emit))
    }
}
