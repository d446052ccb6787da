//! The queue as people see it: whose is paused, what was given up, and how far all of it is.
//!
//! - `pause_queue` holds a customer's jobs back, or everybody's; `settle_pauses` moves them aside, and back.
//! - [`DeadLetter`] is a job that was given up: it can be tried again, or discarded.
//! - [`Progress`] tells how far a batch or a queue is, [`AssetProgress`] what is being done with one asset.
//!
//! What is to be done, and whose turn it is, is the affair of `jobs`.

mod pause_queue;
mod settle_pauses;
mod dead_letter;
mod retry_dead_letter;
mod delete_dead_letter;
mod progress;
mod asset_progress;
mod note_stages;
mod running_assets;

pub use asset_progress::{AssetProgress, AssetStage};
pub use dead_letter::DeadLetter;
pub use note_stages::{Stage, StageNote};
pub use progress::Progress;
pub use running_assets::RunningAsset;
