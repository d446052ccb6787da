//! `/pdf` and `/zip`: what a named query finds as one file, and `/pdf-control` and `/zip-control`, which tell of it.
//!
//! - [`get_projection`] gives a file that is up to date, or still may be shown, and has it made where there is none.
//! - [`Memberships`] remember what files would be made of, as long as no asset changes.
//! - [`get_control`] tells what there is, and changes nothing.
//!
//! Whoever has the role `ingest` makes the files.

mod memberships;
mod get_projection;
mod get_control;

#[cfg(test)]
mod tests;

pub(crate) use get_control::{get_pdf_control, get_zip_control};
pub(crate) use get_projection::{get_pdf, get_zip};
pub(crate) use memberships::Memberships;
