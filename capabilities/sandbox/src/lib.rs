//! Runs a part of this very binary as a child without rights, under limits. Linux only.
//!
//! - [`run`] starts `/proc/self/exe` again as a [`Part`], hands it a request and open files, and
//!   turns whatever becomes of it into an answer or a [`Failure`].
//! - [`child`] is the other side: it takes the request, enters its walls, and answers.
//! - A [`Pool`] keeps such children at work: each answers one request after the other.
//! - [`run_program`] does the same for a program of somebody else, behind wider walls; [`follow_program`] tells what it says
//!   while it says it.
//! - [`walls`] tells what the kernel offers, for `recto doctor`.
//!
//! It does not know what the child does. It never waits for longer than the limits say, and leaves
//! no process, no open file and no temporary file behind, also when the future is dropped.

mod limits;
mod part;
pub mod child;
mod resident;
mod pool;
mod program;
mod failure;
mod walls;
mod supervise;
mod streams;
mod frames;
mod verdict;
mod descriptors;
mod rlimits;
mod fence;
mod syscalls;

pub use failure::{Crash, Failure};
pub use limits::Limits;
pub use part::{Part, run};
pub use pool::{Pool, PoolConfig, Question};
pub use program::{Program, follow_program, run_program};
pub use walls::{Walls, walls};
