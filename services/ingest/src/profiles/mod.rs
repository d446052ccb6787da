//! Profiles: folders, web servers and buckets whose images are shown without being registered.
//!
//! - [`Profiles`] finds a [`Holding`] by profile and name; [`ProfileConfig`] is what the operator says of one.
//! - `profile` is the story: known, seen again, or new, which `hold` takes in. `source` sees
//!   originals: on `disk`, or `remote`: on the `web`, or in a bucket.
//! - `workshop` makes a new original ready: in place if it is ready as it is, else by a pyramid, made in the background.
//! - `cabinet` keeps what was made and fetched, on disk, within bounds.
//!
//! A version is made of what the source tells a state by, so a key's bytes never change, after a restart neither.
//! Whatever is kept here may be deleted: it is made again.

mod config;
mod holding;
mod kept_card;
mod index;
mod profile;
mod hold;
mod source;
mod disk;
mod remote;
mod web;
mod workshop;
mod cabinet;
mod tally;

pub use config::{LogLevel, ProfileConfig, ProfileKind};
pub use holding::{Absent, Holding, Meanwhile};
pub use index::Profiles;
