//! One asset, to zoom into.

mod get_viewer;

pub(crate) use get_viewer::get_viewer;
