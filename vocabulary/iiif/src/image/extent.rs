use std::fmt;

use serde::{Deserialize, Serialize};

/// How wide and how high a picture is, in pixels.
///
/// An image as a whole has an extent; so has a region once it is scaled. Not "dimensions", not
/// "size": [`Size`](super::Size) is the parameter of a request, from which an extent is worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Extent {
    pub w: u32,
    pub h: u32,
}

impl Extent {
    pub const fn new(w: u32, h: u32) -> Self {
        Self { w, h }
    }

    pub const fn area(self) -> u64 {
        self.w as u64 * self.h as u64
    }

    pub fn longest_edge(self) -> u32 {
        self.w.max(self.h)
    }

    pub const fn is_empty(self) -> bool {
        self.w == 0 || self.h == 0
    }

    /// As it is after a quarter turn.
    pub const fn turned(self) -> Self {
        Self { w: self.h, h: self.w }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.w, self.h)
    }
}

/// A part of an image, in its pixels, counted from the top left; always inside the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

impl Rect {
    pub const fn whole(extent: Extent) -> Self {
        Self { x: 0, y: 0, w: extent.w, h: extent.h }
    }

    pub const fn extent(self) -> Extent {
        Extent { w: self.w, h: self.h }
    }
}

/// As in a URL: `x,y,w,h`.
impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{},{},{}", self.x, self.y, self.w, self.h)
    }
}
