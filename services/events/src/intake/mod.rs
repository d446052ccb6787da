//! Hears from buckets: an object that appears becomes an asset, one that goes is removed or flagged.
//!
//! - [`Receivers`] listen to the operator's sources: `from_sqs`, `from_nats`, and `from_web`, a webhook of ours.
//! - `object_event` understands what buckets send, `rule` and `template` say what becomes of it.
//! - [`Intake`] does it. A message may be heard twice; one that will never make sense is kept apart.
//!
//! No bucket is asked anything here.

mod object_event;
mod template;
mod rule;
mod take;
mod from_sqs;
mod from_nats;
mod from_web;
mod receivers;

pub(crate) use object_event::{ObjectChange, ObjectEvent};
pub(crate) use receivers::faults;
pub(crate) use rule::Rule;
pub(crate) use take::Intake;

pub use receivers::Receivers;
pub use rule::{Removed, RuleConfig};
