//! Headers that a customer sends with images.

pub(crate) mod custom_header;
pub(crate) mod put_custom_header;
pub(crate) mod delete_custom_header;

pub use custom_header::CustomHeader;
pub use put_custom_header::CustomHeaderFields;
