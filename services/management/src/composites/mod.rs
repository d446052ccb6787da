//! Documents of many pages, which become assets: what the DLCS's composite handler did, at the address where it did it.
//!
//! - `register_composites` is what `POST …/queue` does with members of the type `vocab:Composite`; `new_composite` reads one.
//! - The others tell how far a document is, or all that came with one request.

mod new_composite;
mod register_composites;
mod composite_path;
mod get_collection;
mod get_member;

pub(crate) use get_collection::get_collection;
pub(crate) use get_member::get_member;
pub(crate) use register_composites::{is_composite, register_composites};
