//! The IIIF specifications as words: what a request says, and what an answer looks like.
//!
//! - [`image`] is the Image API, 2.1 and 3.0: a request is parsed, then resolved against an image.
//! - [`presentation`] is the Presentation API, 2.1 and 3.0: manifests, written in either version.
//! - [`negotiate`] reads `Accept` headers, for both.
//!
//! Nothing happens here: no pixel, file, clock or connection. Names are those of the
//! specifications, and the doc comment of a type is its entry in the glossary.

mod json;
mod rights;
mod version;

pub mod image;
pub mod negotiate;
pub mod presentation;

pub use version::Version;
