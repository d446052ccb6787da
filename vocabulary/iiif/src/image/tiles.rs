use serde_json::Value;

use super::Extent;
use crate::json::Object;

/// Parts of an image that are ready, and fast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiles {
    pub w: u32,
    /// As high as wide, if not given.
    pub h: Option<u32>,
    pub scale_factors: Vec<u32>,
}

impl Tiles {
    pub fn square(side: u32, scale_factors: Vec<u32>) -> Self {
        Self { w: side, h: None, scale_factors }
    }

    pub(super) fn extent(&self) -> Extent {
        Extent { w: self.w, h: self.h.unwrap_or(self.w) }
    }

    pub(crate) fn to_json(&self) -> Value {
        Object::new()
            .put("width", self.w)
            .put_some("height", self.h)
            .put("scaleFactors", self.scale_factors.clone())
            .into()
    }
}

pub(crate) fn size_to_json(size: Extent) -> Value {
    Object::new().put("width", size.w).put("height", size.h).into()
}
