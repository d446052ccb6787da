//! Bytes by key: the object store, and the blocks kept close.
//!
//! - [`keys`] says where each kind of byte lives, and nothing else does.
//! - [`Bucket`] is the object store: S3, Google, Azure, a folder, or memory.
//! - [`Ranges`] reads parts of objects: open files for a folder, a bounded block cache for the rest.
//! - [`LocalFiles`] gives objects as files: a folder's own, or bounded copies of what is elsewhere.
//! - [`ListedBuckets`] are those of others, and who may read which; [`Located`] is one object, ours or theirs.
//! - [`Publisher`] writes what others show without us: a folder for a web server, objects with headers.
//! - [`SomebodysKeys`] opens objects of others, by addresses that are good for a while.
//! - [`Derivatives`] keeps drawn images; equal requests are drawn once.
//! - [`AwsSigner`] lends the credentials of buckets to requests of other services.
//!
//! It does not know what the bytes mean.

pub mod keys;
mod bucket;
mod connect;
mod signed;
mod upload;
mod publish;
mod unpublish;
mod located;
mod listed_buckets;
mod local_copy;
mod local_files;
mod ranges;
mod open_files;
mod blocks;
mod fetcher;
mod runs;
mod derivatives;
mod kept_files;
mod shelf;
mod counts;
mod aws;
mod config;
mod secret;
mod error;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod stand_ins;
#[cfg(test)]
mod fake_store;

pub use aws::{AwsSigner, SignedHeaders};
pub use bucket::{Bucket, Meta, Object, Stored};
pub use config::{DerivativesConfig, StorageConfig};
pub use derivatives::Derivatives;
pub use error::Error;
pub use listed_buckets::{ListedBucket, ListedBuckets};
pub use local_files::LocalFiles;
pub use located::Located;
pub use publish::{Growing, Headers, Mark, Publisher};
pub use ranges::{Head, Ranges};
pub use secret::Secret;
pub use signed::SomebodysKeys;
