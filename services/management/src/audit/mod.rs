//! Who changed what, when: written down for every change that the API is asked for, and shown.
//!
//! - [`watch`] is the layer that does it; nothing else has to think of it.
//! - `Journal` is where it writes.

pub(crate) mod journal;
mod watch;

mod get_audit;
mod get_audit_entry;

pub(crate) use get_audit::get_audit;
pub(crate) use get_audit_entry::get_audit_entry;
pub(crate) use watch::{Watch, watch};
