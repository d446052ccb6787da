//! Sites without a server that many write together: a command of `recto tile` in shards, each of which is a job.
//!
//! - [`Tiling`] is such a command, and how far each [`TilingShard`] is.
//! - `enqueue_tiling` queues it; `advance_shard` and `end_shard` are for who works on it.

mod tiling;
mod enqueue_tiling;
mod advance_shard;
mod end_shard;

pub use enqueue_tiling::NewTiling;
pub use tiling::{Tiling, TilingShard};
