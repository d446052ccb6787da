//! `/customers/{customer}/events`: what happens, as it happens, for those who keep a connection open; and what was heard from
//! outside and made no sense.

mod get_events;
mod get_refused_messages;
mod streams;
mod watch;

pub(crate) use get_events::get_events;
pub(crate) use get_refused_messages::get_refused_messages;
pub(crate) use streams::Streams;
