//! Our own nouns: who keeps what, under which name, at which URL.
//!
//! - [`AssetId`] names an asset: `customer/space/name`.
//! - [`DeliveryChannel`] and [`MediaType`] say how an asset may be delivered and what it is; [`AvPreset`] what audio and
//!   video are transcoded to.
//! - [`named_query`] reads the templates by which addresses ask for assets.
//! - [`NumberFormat`] names the pages of a book by their numbers.
//! - [`Origin`] is the place an asset comes from.
//! - [`PublicUrls`] spells every address that the public sees, by the [`PathRules`] of the host that was asked; [`ServerUrls`] are the roots for one request.
//!
//! Nothing happens here: no files, no clock, no network.

mod asset_id;
mod av_preset;
mod delivery_channel;
mod media_type;
pub mod named_query;
mod number_format;
mod origin;
mod path_rules;
mod public_urls;
mod server_urls;

pub use asset_id::{AssetId, InvalidAssetId};
pub use av_preset::{AvForm, AvPreset, UnknownPreset};
pub use delivery_channel::{DeliveryChannel, UnknownChannel};
pub use media_type::{Family, InvalidMediaType, MediaType};
pub use number_format::{InvalidNumberFormat, NumberFormat};
pub use origin::{InvalidOrigin, Origin};
pub use path_rules::{PathRuleFault, PathRules};
pub use public_urls::{NOT_IN_SEGMENTS, PublicUrls, Service};
pub use server_urls::ServerUrls;
