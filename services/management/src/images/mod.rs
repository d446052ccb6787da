//! Assets, which the API calls images whatever they are.
//!
//! - `identity`, `image_fields`, `server_fields` and `channels` read what a body says of one.
//! - `upload` keeps the bytes that come with it, `bring_in` waits until it is brought in,
//!   `destination` says where one goes that is moved or copied.

mod identity;
mod image_fields;
mod server_fields;
mod channels;
mod upload;
mod bring_in;
mod destination;
mod image_filter;
mod list_images;

mod get_images;
mod patch_images;
mod get_all_images;
mod post_all_images;
mod patch_all_images;
mod post_delete_images;
mod get_image;
mod get_metadata;
mod get_progress;
mod put_image;
mod patch_image;
mod post_image;
mod delete_image;
mod post_reingest;
mod post_move;
mod post_copy;

#[cfg(test)]
mod any_json;

pub(crate) use bring_in::{bring_in, check_is_ours, priority};
pub(crate) use delete_image::delete_image;
pub(crate) use get_all_images::get_all_images;
pub(crate) use get_image::get_image;
pub(crate) use get_images::get_images;
pub(crate) use get_metadata::get_metadata;
pub(crate) use get_progress::get_progress;
pub(crate) use image_fields::{Subject, effective, put_fields};
pub(crate) use image_filter::Within;
pub(crate) use list_images::list_images;
pub(crate) use patch_all_images::patch_all_images;
pub(crate) use patch_image::patch_image;
pub(crate) use patch_images::patch_images;
pub(crate) use post_all_images::post_all_images;
pub(crate) use post_copy::post_copy;
pub(crate) use post_delete_images::post_delete_images;
pub(crate) use post_image::post_image;
pub(crate) use post_move::post_move;
pub(crate) use post_reingest::post_reingest;
pub(crate) use put_image::put_image;
