//! Jobs: queued in the transaction that needs them, claimed under a lease, recorded once.
//!
//! - `new_job` writes them, each with the turn that `turns` gives it; `lane` says which keep which waiting.
//! - `claim_job` takes the lowest turn of those that are ready; `wake_jobs` makes ready what was to wait.
//! - One that is done is gone; one that was given up stays among the dead letters (`queue`).

pub(crate) mod job;
pub(crate) mod lane;
pub(crate) mod turns;
pub(crate) mod new_job;
pub(crate) mod bells;
pub(crate) mod enqueue;
pub(crate) mod claim_job;
pub(crate) mod wake_jobs;
pub(crate) mod heartbeat;
pub(crate) mod wait_for_job;
pub(crate) mod finish_job;
pub(crate) mod record_ingested;
pub(crate) mod record_failed;

pub use job::{Fate, Job, JobEnd, JobId, JobKind, JobsWaiting, Leftovers, Priority, QueueDepth};
pub use record_ingested::{Ingested, Recorded};
