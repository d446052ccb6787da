//! The head of a codestream: the grid, the tiles and the components.

use super::super::problem::{damaged, truncated};
use super::super::source::Source;
use crate::Error;

/// Components beyond which a file is surely not a picture.
const MAX_COMPONENTS: usize = 512;
const MAX_TILES: u64 = 65_535;

/// A component's samples stand `dx` and `dy` apart on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) bits: u32,
    pub(super) signed: bool,
    pub(super) dx: u32,
    pub(super) dy: u32,
}

/// All coordinates are on the reference grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Siz {
    pub(super) x0: u32,
    pub(super) y0: u32,
    pub(super) x1: u32,
    pub(super) y1: u32,
    pub(super) tile_y0: u32,
    pub(super) tile_w: u32,
    pub(super) tile_h: u32,
    pub(super) tiles: u64,
    pub(super) components: Vec<Component>,
}

impl Siz {
    pub(super) fn read(source: &Source, at: u64) -> Result<Self, Error> {
        let mut head = [0; 42];
        source.read_exact(at, &mut head)?;
        if head[..4] != [0xff, 0x4f, 0xff, 0x51] {
            return Err(damaged("the JPEG 2000 codestream doesn't begin as one"));
        }
        let long = |i: usize| u32::from_be_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]);
        let (x1, y1, x0, y0) = (long(8), long(12), long(16), long(20));
        let (tile_w, tile_h, tile_x0, tile_y0) = (long(24), long(28), long(32), long(36));
        let n = usize::from(u16::from_be_bytes([head[40], head[41]]));
        let sound = x0 < x1
            && y0 < y1
            && x1 <= i32::MAX as u32
            && y1 <= i32::MAX as u32
            && tile_w > 0
            && tile_h > 0
            && tile_x0 <= x0
            && tile_y0 <= y0
            && (1..=MAX_COMPONENTS).contains(&n);
        if !sound {
            return Err(damaged("the size of the JPEG 2000 makes no sense"));
        }
        let across = u64::from((x1 - tile_x0).div_ceil(tile_w));
        let tiles = across * u64::from((y1 - tile_y0).div_ceil(tile_h));
        if tiles > MAX_TILES {
            return Err(damaged("the JPEG 2000 has too many tiles"));
        }
        let mut raw = vec![0; n * 3];
        source.read_exact(at + 42, &mut raw).map_err(|_| truncated())?;
        let components = raw.chunks_exact(3).map(component).collect::<Result<_, _>>()?;
        Ok(Self { x0, y0, x1, y1, tile_y0, tile_w, tile_h, tiles, components })
    }

    /// The same once it is halved `n` times.
    pub(super) fn reduced(&self, n: u8) -> Self {
        let half = |side: u32| u64::from(side).div_ceil(1 << n) as u32;
        Self {
            x0: half(self.x0),
            y0: half(self.y0),
            x1: half(self.x1),
            y1: half(self.y1),
            tile_y0: half(self.tile_y0),
            tile_w: half(self.tile_w),
            tile_h: half(self.tile_h),
            tiles: self.tiles,
            components: self.components.clone(),
        }
    }

    pub(super) fn w(&self) -> u32 {
        self.x1 - self.x0
    }

    pub(super) fn h(&self) -> u32 {
        self.y1 - self.y0
    }
}

fn component(raw: &[u8]) -> Result<Component, Error> {
    let (dx, dy) = (u32::from(raw[1]), u32::from(raw[2]));
    let bits = u32::from(raw[0] & 0x7f) + 1;
    if dx == 0 || dy == 0 || bits > 38 {
        return Err(damaged("a component of the JPEG 2000 makes no sense"));
    }
    Ok(Component { bits, signed: raw[0] & 0x80 != 0, dx, dy })
}
