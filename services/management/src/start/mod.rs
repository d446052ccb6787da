//! Where a client begins: the entry point, the first key, and what the words of the answers mean.

mod get_entry_point;
mod post_setup;
mod get_context;
mod get_favicon;
mod get_vocabulary;

pub(crate) use get_context::get_context;
pub(crate) use get_entry_point::get_entry_point;
pub(crate) use get_favicon::get_favicon;
pub(crate) use get_vocabulary::get_vocabulary;
pub(crate) use post_setup::post_setup;
