//! Assets: what is registered, how it is found, and how it changes.

pub(crate) mod asset;
pub(crate) mod asset_fields;
pub(crate) mod kept_object;
pub(crate) mod at_origin;
pub(crate) mod recording;
pub(crate) mod asset_row;
pub(crate) mod asset_rows;
pub(crate) mod asset_labels;
pub(crate) mod asset_query;
pub(crate) mod asset_filter;
pub(crate) mod asset_condition;
pub(crate) mod cursor;
pub(crate) mod channel_rules;
pub(crate) mod change_asset;
pub(crate) mod register_asset;
pub(crate) mod patch_asset;
pub(crate) mod patch_assets;
pub(crate) mod reingest_asset;
pub(crate) mod move_asset;
pub(crate) mod delete_asset;
pub(crate) mod whereabouts;
pub(crate) mod recent_errors;

pub use asset::{Asset, AssetChannel, AssetPage};
pub use asset_fields::{AssetFields, Change, ChannelChoice, WantedChannel};
pub use asset_filter::{
    AssetFilter, AssetTest, BatchScope, Comparison, LabelList, Literal, LiteralKind, Testable,
};
pub use asset_query::AssetProperty;
pub use at_origin::AtOrigin;
pub use cursor::{Cursor, Place};
pub use kept_object::KeptObject;
pub use patch_asset::Changed;
pub use patch_assets::{ListOperation, ListPatch, ListProperty};
pub use recent_errors::{ErrorsByMetadata, MetadataField};
pub use recording::{Recording, Transcode};
pub use register_asset::{NewAsset, Registered};
pub use whereabouts::Whereabouts;
