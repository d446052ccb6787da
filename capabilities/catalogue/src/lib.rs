//! What the library holds, the rules for changing it, and the jobs waiting; all of the SQL.
//!
//! - [`Catalogue`] is the one handle. SQLite by default, PostgreSQL by URL; every query is written once.
//! - A folder holds what is about one thing: its noun ([`Customer`], [`Space`], [`Asset`], …), which is read, and its verbs
//!   (`register_asset`, `create_space`, …), which write. Each has a file. A verb is one transaction; making and replacing
//!   share one where one rule is for both (`put_policy`, …).
//! - `seals` keeps what has to be used again unreadable, `callers/passwords` what has only to be recognised.
//! - [`AssetCard`] is what delivery needs of an asset, kept in memory.
//! - [`Event`]s are written down in the transaction in which something happens, and read in order.
//! - A [`Composite`] is a document of which assets are made, page by page.
//! - A [`Tiling`] is a site without a server that many workers write.
//! - [`Job`]s are queued in the transaction that needs them, and claimed under a lease; `queue` is what people see of them.
//!
//! It sees no pixels and no HTTP. Time is an argument of every write.

mod database;
mod config;
mod error;
mod catalogue;
mod paging;
mod seals;

mod audit;
mod idempotency;
mod expected;
mod statistics;
mod set_up;

mod assets;
mod batches;
mod callers;
mod cards;
mod composites;
mod custom_headers;
mod customers;
mod events;
mod inspection;
mod jobs;
mod named_queries;
mod origins;
mod policies;
mod projections;
mod queue;
mod spaces;
mod storage;
mod tilings;
mod uploads;
mod webhooks;

#[cfg(test)]
mod promises;

pub use assets::{
    Asset, AssetChannel, AssetFields, AssetFilter, AssetPage, AssetProperty, AssetTest, AtOrigin,
    BatchScope, Change, Changed, ChannelChoice, Comparison, Cursor, ErrorsByMetadata, KeptObject,
    LabelList, ListOperation, ListPatch, ListProperty, Literal, LiteralKind, MetadataField,
    NewAsset, Place, Recording, Registered, Testable, Transcode, WantedChannel, Whereabouts,
};
pub use audit::{Attempt, AuditEntry, AuditFilter};
pub use batches::{Batch, BatchCheck, BatchError, BatchList, CustomerQueue};
pub use callers::{Caller, Key, KeyFields, NewKey, PortalUser, PortalUserFields, Reach, Scope};
pub use cards::{AssetCard, Stamp};
pub use catalogue::Catalogue;
pub use composites::{Composite, CompositeStatus, NewComposite, PageTemplate};
pub use config::DatabaseConfig;
pub use custom_headers::{CustomHeader, CustomHeaderFields};
pub use customers::{Customer, NewCustomer};
pub use error::Error;
pub use events::{Event, EventBell, EventKind, RefusedMessage};
pub use expected::Expected;
pub use idempotency::{OnceOnly, RememberedAnswer, Turn};
pub use inspection::{BatchDrift, Drift};
pub use jobs::{
    Fate, Ingested, Job, JobEnd, JobId, JobKind, JobsWaiting, Leftovers, Priority, QueueDepth,
    Recorded,
};
pub use named_queries::{FoundAsset, NamedQuery, NamedQueryFields, NewNamedQuery, Stretch};
pub use origins::{
    Credentials, CustomerOriginStrategy, Hidden, HttpAccess, HttpLogin, KnownHost, Login,
    OriginAccess, OriginStrategy, OriginStrategyFields, S3Keys, SftpAccess, SftpLogin,
};
pub use paging::{Order, Page, Paged};
pub use policies::{
    DefaultChannelFields, DefaultDeliveryChannel, DeliveryChannelPolicy, PolicyFields, PolicyName,
    PutPolicy,
};
pub use projections::{
    MAX_MEMBERS, MadeFile, Projection, ProjectionKind, ProjectionName, UnaskedProjection,
    members_print,
};
pub use queue::{AssetProgress, AssetStage, DeadLetter, Progress, RunningAsset, Stage, StageNote};
pub use spaces::{PutSpace, Space, SpaceFields, SpaceProperty};
pub use storage::{CustomerStorage, ImageStorage, NO_ROOM, StoragePolicy, StoragePolicyFields};
pub use tilings::{NewTiling, Tiling, TilingShard};
pub use uploads::{NewUpload, Upload, UploadPart};
pub use webhooks::{Listener, NewWebhook, Ping, Target, Trouble, Webhook, WebhookFields};
