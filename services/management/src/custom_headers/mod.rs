//! Custom headers: what a customer wants sent with its images, thumbnails and files.

mod custom_header_fields;

mod get_custom_headers;
mod post_custom_header;
mod get_custom_header;
mod put_custom_header;
mod delete_custom_header;

pub(crate) use delete_custom_header::delete_custom_header;
pub(crate) use get_custom_header::get_custom_header;
pub(crate) use get_custom_headers::get_custom_headers;
pub(crate) use post_custom_header::post_custom_header;
pub(crate) use put_custom_header::put_custom_header;
