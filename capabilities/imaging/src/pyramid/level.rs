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

impl Level {
    /// Column and row of all tiles, row by row, which is the order in which they are stored.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (u32, u32)> + use<> {
        let columns = self.columns;
        (0..self.rows).flat_map(move |row| (0..columns).map(move |column| (column, row)))
    }

    pub(super) fn tile_count(&self) -> u64 {
        u64::from(self.columns) * u64::from(self.rows)
    }

    /// The number of a tile in the order of storage.
    pub(super) fn number(&self, column: u32, row: u32) -> usize {
        row as usize * self.columns as usize + column as usize
    }

    /// The extent of a tile without its padding.
    pub(super) fn tile_extent(&self, column: u32, row: u32, tile: u32) -> Extent {
        let cut = |side: u32, n: u32| (side - n * tile).min(tile);
        Extent::new(cut(self.extent.w, column), cut(self.extent.h, row))
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
    fn tiles_at_the_edge_are_what_is_left() {
        let level = &levels(Extent::new(1300, 1024), 512)[0];
        assert_eq!((level.columns, level.rows), (3, 2));
        assert_eq!(level.tile_extent(1, 1, 512), Extent::new(512, 512));
        assert_eq!(level.tile_extent(2, 0, 512), Extent::new(276, 512));
        let numbers: Vec<_> =
            level.tiles().map(|(column, row)| level.number(column, row)).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
    }
}
