//! What the library holds, the rules for changing it, and the jobs waiting; all of the SQL.
//!
//! - [`Catalogue`] is the one handle. SQLite by default, PostgreSQL by URL; every query is written once.
//! - Nouns ([`Customer`], [`Space`], [`Asset`], …) are read; each has a file.
//! - Verbs (`register_asset`, `create_space`, …) write; each is one transaction and has a file, which making and replacing
//!   share where one rule is for both (`put_policy`, …).
//! - `seals` keeps what has to be used again unreadable, `passwords` what has only to be recognised.
//! - [`AssetCard`] is what delivery needs of an asset, kept in memory.
//! - [`Job`]s are queued in the transaction that needs them, and claimed under a lease.
//!
//! It sees no pixels and no HTTP. Time is an argument of every write.

mod database;
mod config;
mod error;
mod catalogue;
mod paging;
mod seals;
mod passwords;

mod customers;
mod key_scope;
mod keys;
mod reach;
mod callers;
mod audit;
mod idempotency;
mod spaces;
mod space_defaults;
mod assets;
mod asset_query;
mod asset_condition;
mod asset_filter;
mod cursor;
mod asset_fields;
mod expected;
mod asset_labels;
mod asset_row;
mod asset_rows;
mod cards;
mod card_row;
mod changes;
mod whereabouts;
mod policies;
mod origin_strategies;
mod customer_origins;
mod custom_headers;
mod named_queries;
mod found_assets;
mod portal_users;
mod storage_use;
mod jobs;
mod new_job;
mod batches;
mod batch_members;
mod recent_errors;
mod bells;
mod statistics;

mod set_up;
mod create_customer;
mod rename_customer;
mod create_key;
mod delete_key;
mod create_space;
mod put_space;
mod patch_space;
mod delete_row;
mod delete_space;
mod policy_rules;
mod put_policy;
mod delete_policy;
mod put_default_channel;
mod delete_default_channel;
mod put_origin_strategy;
mod delete_origin_strategy;
mod reseal_credentials;
mod put_custom_header;
mod delete_custom_header;
mod put_storage_policy;
mod delete_storage_policy;
mod assign_storage_policy;
mod put_named_query;
mod delete_named_query;
mod put_portal_user;
mod delete_portal_user;
mod channel_rules;
mod change_asset;
mod enqueue;
mod register_asset;
mod register_batch;
mod retry_batch;
mod cancel_batch;
mod patch_asset;
mod patch_assets;
mod reingest_asset;
mod move_asset;
mod delete_asset;
mod record_ingested;
mod record_failed;
mod claim_job;
mod heartbeat;
mod finish_job;
mod wait_for_job;

#[cfg(test)]
mod promises;

pub use asset_fields::{AssetFields, Change, ChannelChoice, WantedChannel};
pub use asset_filter::{
    AssetFilter, AssetTest, BatchScope, Comparison, LabelList, Literal, LiteralKind, Testable,
};
pub use asset_query::AssetProperty;
pub use assets::{Asset, AssetChannel, AssetPage};
pub use audit::{Attempt, AuditEntry, AuditFilter};
pub use batch_members::BatchError;
pub use batches::{Batch, BatchList, CustomerQueue};
pub use callers::Caller;
pub use cards::AssetCard;
pub use catalogue::Catalogue;
pub use changes::Stamp;
pub use config::DatabaseConfig;
pub use create_customer::NewCustomer;
pub use create_space::SpaceFields;
pub use cursor::{Cursor, Place};
pub use custom_headers::CustomHeader;
pub use customer_origins::{Credentials, CustomerOriginStrategy, OriginAccess};
pub use customers::Customer;
pub use error::Error;
pub use expected::Expected;
pub use found_assets::Stretch;
pub use idempotency::{OnceOnly, RememberedAnswer, Turn};
pub use jobs::{Fate, Job, JobEnd, JobId, JobKind, JobsWaiting, Leftovers, Priority, QueueDepth};
pub use key_scope::Scope;
pub use keys::{Key, KeyFields, NewKey};
pub use named_queries::NamedQuery;
pub use origin_strategies::OriginStrategy;
pub use paging::{Order, Page, Paged};
pub use patch_asset::Changed;
pub use patch_assets::{ListOperation, ListPatch, ListProperty};
pub use policies::{DefaultDeliveryChannel, DeliveryChannelPolicy};
pub use portal_users::PortalUser;
pub use put_custom_header::CustomHeaderFields;
pub use put_default_channel::DefaultChannelFields;
pub use put_named_query::{NamedQueryFields, NewNamedQuery};
pub use put_origin_strategy::OriginStrategyFields;
pub use put_policy::{PolicyFields, PolicyName, PutPolicy};
pub use put_portal_user::PortalUserFields;
pub use put_space::PutSpace;
pub use put_storage_policy::StoragePolicyFields;
pub use reach::Reach;
pub use recent_errors::{ErrorsByMetadata, MetadataField};
pub use record_ingested::{Ingested, Recorded};
pub use register_asset::{NewAsset, Registered};
pub use register_batch::BatchCheck;
pub use spaces::{Space, SpaceProperty};
pub use storage_use::{CustomerStorage, ImageStorage, NO_ROOM, StoragePolicy};
pub use whereabouts::Whereabouts;
