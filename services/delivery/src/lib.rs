//! The public face of the library: IIIF, read-only.
//!
//! - `routes` holds every address; each endpoint has a file in `image`, `thumbs`, `files`, `presentation` or `projections`.
//! - `profiles` is `recto images`: the same images, found by [`Profiles`] and not in the catalogue.
//! - `access` decides what a visitor may see; every endpoint asks it.
//! - `visit` and `asset_path` read what a request says, `answer` and `document` word what it gets.
//! - `error` is every failure and its status.
//! - [`draw_originals`] is the body of a child without rights, in which untrusted originals are drawn.
//!
//! It changes nothing and fetches nothing. Pixels are `imaging`'s affair, bytes are `storage`'s.

mod routes;
mod delivery;
mod config;
mod error;
mod original_fault;

mod visit;
mod asset_path;
mod headers;
mod answer;
mod pieces;
mod document;
mod counters;

mod access;
mod image;
mod thumbs;
mod files;
mod presentation;
mod projections;
mod profiles;

#[cfg(test)]
mod testing;

pub use config::{DeliveryConfig, DrawingConfig, OriginalsConfig};
pub use delivery::Delivery;
pub use image::{Originals, draw_originals};
pub use profiles::{
    Absent, Gallery, ImagesConfig, Item, Meanwhile, ProfileWords, Profiles, Ready, profiles_router,
};
pub use routes::router;
