//! Named queries: questions about assets that addresses ask, saved as templates.

mod get_named_queries;
mod post_named_query;
mod get_named_query;
mod put_named_query;
mod delete_named_query;
mod post_preview;
mod delete_pdf;

/// The longest template, in bytes.
const MAX_TEMPLATE: usize = 4000;

pub(crate) use delete_named_query::delete_named_query;
pub(crate) use delete_pdf::delete_pdf;
pub(crate) use get_named_queries::get_named_queries;
pub(crate) use get_named_query::get_named_query;
pub(crate) use post_named_query::post_named_query;
pub(crate) use post_preview::post_preview;
pub(crate) use put_named_query::put_named_query;
