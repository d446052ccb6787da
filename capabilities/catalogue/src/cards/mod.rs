//! Cards: what delivery needs of an asset, and how it learns that one has changed.

pub(crate) mod card;
pub(crate) mod card_row;
pub(crate) mod changes;

pub use card::AssetCard;
pub use changes::Stamp;
