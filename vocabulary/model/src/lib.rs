//! Our own nouns: who keeps what, under which name, at which URL.
//!
//! - [`AssetId`] names an asset: `customer/space/name`.
//! - [`DeliveryChannel`] and [`MediaType`] say how an asset may be delivered and what it is.
//! - [`named_query`] reads the templates by which addresses ask for assets.
//! - [`Origin`] is the place an asset comes from.
//! - [`PublicUrls`] spells every address that the public sees; [`ServerUrls`] are the roots for one request.
//!
//! Nothing happens here: no files, no clock, no network.

mod asset_id;
mod delivery_channel;
mod media_type;
pub mod named_query;
mod origin;
mod public_urls;
mod server_urls;

pub use asset_id::{AssetId, InvalidAssetId};
pub use delivery_channel::{DeliveryChannel, UnknownChannel};
pub use media_type::{Family, InvalidMediaType, MediaType};
pub use origin::{InvalidOrigin, Origin};
pub use public_urls::{NOT_IN_SEGMENTS, PublicUrls, Service};
pub use server_urls::ServerUrls;
