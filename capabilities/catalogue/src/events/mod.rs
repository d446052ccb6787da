//! What has happened, for those who were not there: the outbox.
//!
//! - `outbox` writes every change down, in the transaction that makes it; `worded` says it in the DLCS's words.
//! - `line` gives what can be seen by all its place, in order, and forgets what is old.
//! - `feed` reads the line: [`Event`].
//! - `intake` remembers what was heard from outside.
//!
//! Nothing is sent here.

mod event;
mod worded;
pub(crate) mod outbox;
mod line;
pub(crate) mod feed;
mod intake;

pub use event::{Event, EventKind};
pub use feed::EventBell;
pub use intake::RefusedMessage;
