//! The Image API: from the text of a URL to exact numbers.
//!
//! [`ImageRequest`] is what the client wrote: [`Region`], [`Size`], [`Rotation`], [`Quality`] and
//! [`Format`]. Resolved against the extent of an image and its [`Limits`] it becomes a [`Drawing`],
//! where nothing is left to decide and equal pictures are equal values. [`ImageInfo`] writes
//! `info.json`.
//!
//! All rounding is in `scale.rs`; no other file divides a side.

mod number;
mod extent;
mod level;
mod region;
mod size;
mod rotation;
mod quality;
mod format;
mod request;
mod limits;
mod scale;
mod resolve;
mod canonical;
mod feature;
mod tiles;
mod info;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

pub use crate::version::Version;
pub use extent::{Extent, Rect};
pub use feature::Feature;
pub use format::Format;
pub use info::ImageInfo;
pub use level::{Level, canonical_link, profile_link};
pub use limits::Limits;
pub use quality::Quality;
pub use region::Region;
pub use request::{ImageRequest, SyntaxError};
pub use resolve::{Drawing, SizeError};
pub use rotation::Rotation;
pub use scale::{confined, thumbnail_extent};
pub use size::{Size, SizeForm};
pub use tiles::Tiles;
pub(crate) use tiles::size_to_json;
