//! `recto tile`: sites that need no server.
//!
//! - `runs` is what an operator meets: interruptions, shards, damage; `queued` is what is left to others; `inputs` are tables
//!   and task files.
//! - `shown` is what a validator, a browser and a bucket meet.

mod runs;
mod queued;
mod inputs;
mod shown;
mod site;
