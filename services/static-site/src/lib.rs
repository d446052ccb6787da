//! Writes a site that needs no server: tiles, `info.json`, manifests and collections, in a folder or a bucket.
//!
//! - [`find_sources`] looks for images, [`Sheet`] reads what a table says of them, [`objects`] puts both together;
//!   a [`Task`] says all of it in one file, and [`objects_at`] asks a manifest.
//! - [`Layout`] knows how files are called; [`write_site`] makes them, and [`check_site`] looks whether they are there.
//! - [`find_vanished`] says what is no longer among the inputs, and [`prune`] removes it, if that is wanted.
//! - [`Record`] is what is kept of a finished image: it is written last, and a second run begins with it.
//! - [`cut`] is the other end of `cut_image`: the child without rights in which an image is decoded.
//!
//! It never opens the database. An image that can't be read is told, and does not stop the others.

mod error;
mod wire;
mod cut;
mod cut_image;
mod source;
mod find_sources;
mod names;
mod sheet;
mod objects;
mod manifests;
mod task;
mod layout;
mod documents;
mod record;
mod write_image;
mod write_documents;
mod write_viewer;
mod write_site;
mod check_site;
mod vanished;
mod shard;

pub use check_site::{Fault, check_site};
pub use cut::cut;
pub use error::Error;
pub use find_sources::{Found, find_sources};
pub use layout::{Layout, Theirs};
pub use manifests::objects_at;
pub use objects::{Grouping, Object, Page, check_names, objects};
pub use record::Record;
pub use shard::Shard;
pub use sheet::{Row, Sheet};
pub use source::Source;
pub use task::{Task, TaskPlan};
pub use vanished::{find_vanished, prune};
pub use write_image::Made;
pub use write_site::{Event, Outcome, Site, write_site};
pub use write_viewer::write_viewer;
