use serde::{Deserialize, Serialize};

use super::Extent;
use super::scale::Bounds;

/// The largest answer that an image gives, and whether it gives more pixels than it has.
///
/// A `max_width` alone limits the height as well, as clients infer it from `info.json`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    pub max_width: Option<u32>,
    pub max_height: Option<u32>,
    pub max_area: Option<u64>,
    pub upscaling: bool,
}

impl Limits {
    pub fn allow(&self, size: Extent) -> bool {
        let bounds = self.bounds();
        u64::from(size.w) <= bounds.w && u64::from(size.h) <= bounds.h && size.area() <= bounds.area
    }

    pub(super) fn bounds(&self) -> Bounds {
        let side = |limit: Option<u32>| limit.map_or(u64::MAX, u64::from);
        Bounds {
            w: side(self.max_width),
            h: side(self.max_height.or(self.max_width)),
            area: self.max_area.unwrap_or(u64::MAX),
        }
    }
}
