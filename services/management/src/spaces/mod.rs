//! Spaces: the parts of a customer's collection.

mod space_fields;

mod get_spaces;
mod post_space;
mod get_space;
mod put_space;
mod patch_space;
mod delete_space;

pub(crate) use delete_space::delete_space;
pub(crate) use get_space::get_space;
pub(crate) use get_spaces::get_spaces;
pub(crate) use patch_space::patch_space;
pub(crate) use post_space::post_space;
pub(crate) use put_space::put_space;
