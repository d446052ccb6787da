//! Batches: what was registered together, and what has become of it.

pub(crate) mod batch;
pub(crate) mod batch_members;
pub(crate) mod register_batch;
pub(crate) mod retry_batch;
pub(crate) mod cancel_batch;

pub use batch::{Batch, BatchList, CustomerQueue};
pub use batch_members::BatchError;
pub use register_batch::BatchCheck;
