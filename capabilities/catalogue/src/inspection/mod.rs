//! What an inspection of the storage asks: every asset in turn, whose some bytes are, and whether the counters are right.

mod walk;
mod owners;
mod recount;
mod recount_batches;

pub use recount::Drift;
pub use recount_batches::BatchDrift;
