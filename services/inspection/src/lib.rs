//! Compares what the storage has with what the catalogue says, and puts right what can be put right.
//!
//! - [`Inspection`] is the story: every asset in turn, then what is nobody's, then the counters.
//! - `versions` reads back what is kept of one asset; `orphans` finds what no asset has.
//! - [`Report`] is what was found; one without an end is gone on with where it stopped.
//!
//! It changes nothing unless it is told to, and never removes what is younger than a day: somebody may just be making it.

mod error;
mod inspection;
mod orphans;
mod report;
mod versions;
#[cfg(test)]
mod tests;

pub use error::Error;
pub use inspection::{Inspection, Wishes};
pub use report::{BatchCounter, Counter, Fault, FaultKind, Orphan, Report};
