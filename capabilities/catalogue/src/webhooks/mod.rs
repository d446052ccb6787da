//! Who is told of events, and how far each has got.
//!
//! - [`Webhook`] is an address that a customer wants told; `put_webhook` makes and changes it, `ping_webhook` tries it.
//! - `claim_listener` gives one who is behind to a sender, under a lease; `finish_listener` says how it went.
//!
//! Nothing is sent here.

pub(crate) mod webhook;
pub(crate) mod put_webhook;
pub(crate) mod delete_webhook;
pub(crate) mod ping_webhook;
pub(crate) mod claim_listener;
pub(crate) mod finish_listener;

pub use claim_listener::{Listener, Target};
pub use put_webhook::{NewWebhook, WebhookFields};
pub use webhook::{Ping, Trouble, Webhook};
