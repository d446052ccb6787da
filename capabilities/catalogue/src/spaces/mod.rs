//! Spaces.

pub(crate) mod space;
pub(crate) mod space_defaults;
pub(crate) mod create_space;
pub(crate) mod put_space;
pub(crate) mod patch_space;
pub(crate) mod delete_space;

pub use create_space::SpaceFields;
pub use put_space::PutSpace;
pub use space::{Space, SpaceProperty};
