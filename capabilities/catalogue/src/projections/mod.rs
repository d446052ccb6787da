//! Projections: what an address asks of a named query, made into one file, and kept until its assets change.
//!
//! A [`Projection`] is wanted by whoever asks for it first, made by a job, and recorded, or failed, by whoever did that job.
//! Who asks for it again is noted; what nobody asks for any more is forgotten. [`members_print`] tells whether it would be made the same now.

mod projection;
mod members;
mod want_projection;
mod record_projection;
mod fail_projection;
mod delete_projection;
mod unasked_projections;
mod outdate_projections;

pub use members::{MAX_MEMBERS, members_print};
pub use projection::{MadeFile, Projection, ProjectionKind, ProjectionName};
pub use unasked_projections::UnaskedProjection;
