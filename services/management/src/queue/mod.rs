//! Queues and batches: assets registered together, how far they are, and whether they are worked on.
//!
//! `batch_path` and `metadata_path` are addresses; how a batch is counted is the catalogue's affair.

mod batch_path;
mod metadata_path;

mod get_queue_summary;
mod get_queue;
mod post_queue;
mod post_csv;
mod get_batches;
mod get_batch;
mod get_batch_images;
mod get_batch_errors;
mod get_recent_errors;
mod post_test;
mod post_retry;
mod post_cancel;
mod post_pause;

pub(crate) use get_batch::get_batch;
pub(crate) use get_batch_errors::get_batch_errors;
pub(crate) use get_batch_images::{get_batch_assets, get_batch_images};
pub(crate) use get_batches::{get_active_batches, get_batches, get_recent_batches};
pub(crate) use get_queue::{get_priority_queue, get_queue};
pub(crate) use get_queue_summary::get_queue_summary;
pub(crate) use get_recent_errors::get_recent_errors;
pub(crate) use post_cancel::post_cancel;
pub(crate) use post_csv::post_csv;
pub(crate) use post_pause::{post_pause, post_pause_of_all, post_resume, post_resume_of_all};
pub(crate) use post_queue::{new_assets, post_priority_queue, post_queue};
pub(crate) use post_retry::post_retry;
pub(crate) use post_test::post_test;
