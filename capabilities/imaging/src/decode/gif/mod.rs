//! GIF: the first frame on its canvas, row by row unless it is interlaced.
//!
//! - [`blocks`] walks through the file; [`frame`] unpacks the indices of a frame.

mod blocks;
mod frame;

pub(super) use frame::open;
