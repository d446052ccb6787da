use iiif::image::Extent;

use crate::Error;

/// One size at which the whole image is stored, in tiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub extent: Extent,
    /// How many pixels of the image one pixel of it stands for, in a row.
    pub scale_factor: u32,
    pub columns: u32,
    pub rows: u32,
}

/// The sides of tiles that we write and read.
const TILES: std::ops::RangeInclusive<u32> = 64..=4096;

/// From the whole image down to the first level that is one tile: `ceil(side / 2^n)`.
pub(super) fn levels(extent: Extent, tile: u32) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut scale_factor = 1_u32;
    loop {
        let extent = Extent::new(extent.w.div_ceil(scale_factor), extent.h.div_ceil(scale_factor));
        let (columns, rows) = (extent.w.div_ceil(tile), extent.h.div_ceil(tile));
        levels.push(Level { extent, scale_factor, columns, rows });
        if columns <= 1 && rows <= 1 {
            return levels;
        }
        scale_factor *= 2;
    }
}

/// Tiles are whole blocks of 4:2:0, and neither tiny nor large.
pub(super) fn check_tile(tile: u32) -> Result<(), Error> {
    if TILES.contains(&tile) && tile.is_multiple_of(16) {
        return Ok(());
    }
    Err(Error::Settings(format!("tiles of {tile} pixels: take a multiple of 16 from 64 to 4096")))
}

/// Where a tile lies in the sequence of a level's pieces.
///
/// Row by row, each tile is a piece; one that reaches over the edge of the image is padded, and
/// the next piece is the same tile cut to its true extent.
impl Level {
    /// Column and row of all tiles, row by row.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        let columns = self.columns;
        (0..self.rows).flat_map(move |row| (0..columns).map(move |column| (column, row)))
    }

    /// The extent of a tile without its padding.
    pub(super) fn tile_extent(&self, column: u32, row: u32, tile: u32) -> Extent {
        let cut = |side: u32, n: u32| (side - n * tile).min(tile);
        Extent::new(cut(self.extent.w, column), cut(self.extent.h, row))
    }

    pub(super) fn is_edge(&self, column: u32, row: u32, tile: u32) -> bool {
        self.tile_extent(column, row, tile) != Extent::new(tile, tile)
    }

    /// The piece of a tile as other programs read it.
    pub(super) fn padded_piece(&self, column: u32, row: u32, tile: u32) -> u64 {
        let (column, row) = (u64::from(column), u64::from(row));
        let start = row * self.pieces_in_row(tile);
        let is_last = row + 1 == u64::from(self.rows);
        if is_last && self.is_ragged_below(tile) { start + 2 * column } else { start + column }
    }

    /// The piece of a tile as viewers ask for it.
    pub(super) fn piece(&self, column: u32, row: u32, tile: u32) -> u64 {
        self.padded_piece(column, row, tile) + u64::from(self.is_edge(column, row, tile))
    }

    pub(super) fn pieces(&self, tile: u32) -> u64 {
        if self.is_ragged_below(tile) {
            (u64::from(self.rows) - 1) * self.pieces_in_row(tile) + 2 * u64::from(self.columns)
        } else {
            u64::from(self.rows) * self.pieces_in_row(tile)
        }
    }

    /// In any row but a ragged last one.
    fn pieces_in_row(&self, tile: u32) -> u64 {
        u64::from(self.columns) + u64::from(!self.extent.w.is_multiple_of(tile))
    }

    fn is_ragged_below(&self, tile: u32) -> bool {
        !self.extent.h.is_multiple_of(tile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_halve_upwards_until_they_are_one_tile() {
        let sizes = |w, h| -> Vec<String> {
            levels(Extent::new(w, h), 512).iter().map(|level| level.extent.to_string()).collect()
        };
        assert_eq!(
            sizes(6001, 4000),
            ["6001x4000", "3001x2000", "1501x1000", "751x500", "376x250"]
        );
        assert_eq!(sizes(512, 512), ["512x512"]);
        assert_eq!(sizes(513, 1), ["513x1", "257x1"]);
        assert_eq!(sizes(1, 1), ["1x1"]);
        assert_eq!(sizes(u32::MAX, 1).len(), 24);
    }

    #[test]
    fn every_piece_has_its_place() {
        for (w, h) in [(1024, 1024), (1025, 1024), (1024, 1025), (1500, 1100), (3, 5)] {
            for level in levels(Extent::new(w, h), 512) {
                let mut next = 0;
                for (column, row) in level.tiles() {
                    assert_eq!(
                        level.padded_piece(column, row, 512),
                        next,
                        "{w}x{h} {column},{row}"
                    );
                    next = level.piece(column, row, 512) + 1;
                }
                assert_eq!(level.pieces(512), next, "{w}x{h}");
            }
        }
    }
}
