//! Brings assets in: takes a job, and turns an origin into something deliverable, or what is kept into one file.
//!
//! - [`Worker`] claims jobs, keeps their leases alive, and finishes, reschedules or buries them.
//! - `engine` is the story of one job: fetch, convert, keep, record; one file for each step.
//! - `stages` remembers how far each job is, for those who wait.
//! - `adopt` stands in for convert and keep where the original is to be served as it is.
//! - `recordings` stands in for convert where the asset is audio or video.
//! - `composites` takes documents apart, and has each page come in as an image.
//! - `origins` opens what assets come from.
//! - `projections` makes PDFs and ZIPs of what named queries find.
//! - [`Profiles`] finds images that were never registered: in folders, on web servers, in buckets.
//! - [`decode`] is the other end of `convert` and `adopt`: the child without rights in which untrusted bytes are decoded.
//!
//! Nothing here answers HTTP. Every step may run twice: a worker that dies loses its lease, and the next one starts from
//! the top.

mod config;
mod worker;
mod engine;
mod source;
mod fetch;
mod origins;
mod convert;
mod adopt;
mod decode;
mod recordings;
mod composites;
mod keep;
mod scratch;
mod stages;
mod clean_up;
mod failure;
mod projections;
mod profiles;
#[cfg(test)]
mod testing;

pub use config::{BucketOrigin, IngestConfig, ProjectionsConfig};
pub use convert::find_program;
pub use decode::decode;
pub use profiles::{Absent, Holding, LogLevel, Meanwhile, ProfileConfig, ProfileKind, Profiles};
pub use worker::Worker;
