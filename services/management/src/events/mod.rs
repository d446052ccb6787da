//! `/customers/{customer}/events`: what happens, as it happens, for those who keep a connection open.

mod get_events;
mod streams;

pub(crate) use get_events::get_events;
pub(crate) use streams::Streams;
