//! Makes one file of what a named query finds: a PDF, or a ZIP.
//!
//! - [`project`] is the story of such a job: find, plan, bind, keep, record.
//! - `plan` decides what of each asset goes in, and what is said in its place; `picture` reads an image in a size that is
//!   stored, without decoding it, and `transcript` what can be read in it.
//! - `cover` has a child take pages out of the PDF that a query wants before them.
//! - [`keep_tidy`] removes what nobody asks for any more.
//! - `binding` is the thread that writes: what was read goes out before much more is read.

mod plan;
mod picture;
mod transcript;
mod cover;
mod binding;
mod project;
mod tidy;

pub(crate) use project::project;
pub(crate) use tidy::keep_tidy;
