//! Colour maps.

use super::super::problem::damaged;
use super::ifd::Directory;
use super::{layout::Layout, tags};
use crate::Error;

/// Colours by index, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Palette {
    colors: Vec<[u8; 3]>,
}

impl Palette {
    pub(super) fn read(page: &Directory, layout: &Layout) -> Result<Self, Error> {
        if layout.bits > 16 {
            return Err(damaged("the TIFF's palette is impossibly large"));
        }
        let size = 1_usize << layout.bits;
        let values = page.numbers(tags::COLOR_MAP, 3 << 16)?;
        // Short maps are cut from three equal parts.
        let part = (values.len() / 3).min(size);
        if part == 0 {
            return Err(damaged("the TIFF has no palette"));
        }
        // Some writers forgot that a map's numbers have 16 bits.
        let bytes = values.iter().all(|value| *value < 256);
        let byte = |v: u64| if bytes { v as u8 } else { ((v.min(65535) + 128) / 257) as u8 };
        let third = values.len() / 3;
        let color = |i| [0, 1, 2].map(|channel| byte(values[channel * third + i]));
        Ok(Self { colors: (0..part).map(color).collect() })
    }

    pub(super) fn is_gray(&self) -> bool {
        self.colors.iter().all(|[r, g, b]| r == g && g == b)
    }

    /// An index beyond the map is black.
    pub(super) fn color(&self, index: u16) -> [u8; 3] {
        self.colors.get(usize::from(index)).copied().unwrap_or_default()
    }
}
