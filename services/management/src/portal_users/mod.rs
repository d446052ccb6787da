//! Portal users: people who may use the portal for a customer.

mod portal_user_fields;

mod get_portal_users;
mod post_portal_user;
mod get_portal_user;
mod patch_portal_user;
mod delete_portal_user;

pub(crate) use delete_portal_user::delete_portal_user;
pub(crate) use get_portal_user::get_portal_user;
pub(crate) use get_portal_users::get_portal_users;
pub(crate) use patch_portal_user::patch_portal_user;
pub(crate) use post_portal_user::post_portal_user;
