//! Named queries, and the assets that they find.

pub(crate) mod named_query;
pub(crate) mod put_named_query;
pub(crate) mod delete_named_query;
pub(crate) mod found_assets;
pub(crate) mod found_groups;

pub use found_assets::{FoundAsset, Stretch};
pub use named_query::NamedQuery;
pub use put_named_query::{NamedQueryFields, NewNamedQuery};
