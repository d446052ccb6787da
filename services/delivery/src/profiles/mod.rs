//! `recto images`: images by profile and name, without a catalogue.
//!
//! - [`Profiles`] is where they are found; [`Gallery`] is what these routes work with.
//! - `address` says which image a path names, and what of it; one file for each endpoint.
//! - `error` words every failure as a JSON object, as the server of the Natural History Museum does.
//! - `meanwhile` draws images whose pyramids are in the making.
//!
//! Drawing, stitching and remembering are [`image`](crate::image)'s affair: a profile's image is an exhibit like any
//! other.

mod config;
mod index;
mod gallery;
mod address;
mod error;
mod serve;
mod get_base;
mod get_image;
mod meanwhile;
mod get_info;
mod get_original;
mod get_originals;
mod get_status;
mod get_mam;
mod router;

pub use config::ImagesConfig;
pub use gallery::Gallery;
pub use index::{Absent, Item, Meanwhile, ProfileWords, Profiles, Ready};
pub use router::profiles_router;
