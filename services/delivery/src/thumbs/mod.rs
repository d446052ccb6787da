//! `/thumbs`: ready images of some sizes, and a level 0 service over them.
//!
//! - A [`Shelf`](shelf::Shelf) holds the thumbnails of an asset that a visitor may see.
//! - `get_info` lists them, `get_thumb` gives one, or makes one from the next larger one.

mod get_thumbs_service;
mod get_info;
mod get_thumb;
mod shelf;

pub(crate) use get_thumbs_service::get_thumbs_service;
pub(crate) use shelf::{closest_to, open_sizes};
