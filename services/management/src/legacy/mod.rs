//! What the DLCS had before delivery channels: lists that old clients still read. Nothing is made by them any more.

mod policies;

mod get_image_optimisation_policies;
mod get_thumbnail_policies;

pub(crate) use get_image_optimisation_policies::{
    get_customers_optimisation_policies, get_customers_optimisation_policy,
    get_image_optimisation_policies, get_image_optimisation_policy,
};
pub(crate) use get_thumbnail_policies::{get_thumbnail_policies, get_thumbnail_policy};
