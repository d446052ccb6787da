//! What was given up: shown with the reason, tried again, or discarded.

mod dead_letter_path;

mod get_dead_letters;
mod get_dead_letter;
mod post_retry;
mod delete_dead_letter;

pub(crate) use delete_dead_letter::delete_dead_letter;
pub(crate) use get_dead_letter::get_dead_letter;
pub(crate) use get_dead_letters::{get_all_dead_letters, get_dead_letters};
pub(crate) use post_retry::post_retry;
