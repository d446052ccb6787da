//! What happens in the library arrives, and what happens in buckets is heard: at a webhook of these tests, and at real servers
//! where there are some.
//!
//! - `library` is what both tell of, and how it is run.
//! - `told` is what others hear of it; `heard` is what it hears.

mod library;
mod told;
mod heard;
