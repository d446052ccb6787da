//! What an `Accept` header asks for: which version, and under which media type.

use crate::Version;

/// The two APIs whose documents are served in two versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Api {
    Image,
    Presentation,
}
