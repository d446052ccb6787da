//! Jobs: queued in the transaction that needs them, claimed under a lease, recorded once.

pub(crate) mod job;
pub(crate) mod new_job;
pub(crate) mod bells;
pub(crate) mod enqueue;
pub(crate) mod claim_job;
pub(crate) mod heartbeat;
pub(crate) mod wait_for_job;
pub(crate) mod finish_job;
pub(crate) mod record_ingested;
pub(crate) mod record_failed;

pub use job::{Fate, Job, JobEnd, JobId, JobKind, JobsWaiting, Leftovers, Priority, QueueDepth};
pub use record_ingested::{Ingested, Recorded};
