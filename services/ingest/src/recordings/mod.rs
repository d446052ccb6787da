//! Audio and video: `ffprobe` says what came, `ffmpeg` makes what the policy wants of it, both behind walls.
//!
//! - [`transcode`] is the story: probe, plan, run, measure, and a poster for what has pictures.
//! - `plan` decides what is made of a recording, and at which address each of it is delivered.
//! - `orders` says to ffmpeg what is wanted; `tools` finds it, runs it, and explains how it failed.
//! - [`keep_recording`] moves what was made into the bucket.
//!
//! It knows no catalogue.

mod tools;
mod probe;
mod plan;
mod orders;
mod measure;
mod transcode;
mod keep;

#[cfg(test)]
mod tests;

pub(crate) use keep::keep_recording;
pub(crate) use transcode::{Transcoding, transcode};
