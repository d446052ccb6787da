//! The library for people: pages instead of JSON.
//!
//! - `routes` holds every address of the portal.
//! - `viewer` shows one asset in OpenSeadragon, with its addresses to copy.
//! - `embedded` serves the stylesheet, the script and the viewer that the binary carries.
//!
//! The portal holds no rule of its own: what a visitor may see is decided by the services that its pages point to.

mod embedded;
mod error;
mod routes;
mod viewer;

pub use embedded::OPENSEADRAGON;
pub use routes::router;

/// What the portal's pages need.
#[derive(Clone)]
pub struct Portal {
    pub catalogue: catalogue::Catalogue,
}
