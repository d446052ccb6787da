//! Another image service as an origin: `…/info.json` of the IIIF Image API, in any version.
//!
//! - [`Service`] is what the service says of an image, and how it is asked for regions of it.
//! - [`fetch_image`] takes the whole image in one piece if it may, else in tiles, a few at a time.
//! - [`Mosaic`] puts the tiles into one TIFF as they come: nothing is decoded here.

mod service;
mod fetch_image;
mod mosaic;
mod jpeg_frame;

pub(crate) use fetch_image::fetch_image;
use jpeg_frame::JpegFrame;
use mosaic::Mosaic;
use service::{Service, Size};

/// Is this the address of what an image service says of an image?
pub(crate) fn is_service(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| url.path().ends_with("/info.json"))
}
