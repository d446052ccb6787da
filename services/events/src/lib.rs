//! Tells others what happens in the library, and hears what happens elsewhere.
//!
//! - [`Sender`] finds who is behind, and tells them: one event after the other, at least once, in order.
//! - `sinks` are the ways to tell: customers' webhooks, and the operator's NATS, SNS and SQS.
//! - [`Receivers`] hear from buckets: what appears there is registered, what goes is removed.
//! - `signature` is by which a webhook knows that it was us.
//!
//! What has happened, and how far each listener has got, is the catalogue's to know.

mod config;
mod aws;
mod signature;
mod sinks;
mod sender;
mod intake;
#[cfg(test)]
mod test_desk;
#[cfg(test)]
mod stories;

pub use config::{EventsConfig, SinkConfig, SinkKind, SourceConfig, SourceKind};
pub use intake::{Receivers, Removed, RuleConfig};
pub use sender::Sender;
