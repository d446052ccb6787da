//! The few ways in which reading an image fails, in words for the person who sent it.

use crate::Error;

/// The bytes stop before the image does.
pub(super) fn truncated() -> Error {
    Error::Truncated
}

/// The bytes contradict the format or themselves.
pub(super) fn damaged(what: impl Into<String>) -> Error {
    Error::Damaged(what.into())
}

/// A well-formed file that another program may be able to read.
pub(super) fn unsupported(what: impl Into<String>) -> Error {
    Error::Unsupported(what.into())
}

/// A file that can be read, but not served as it is.
pub(super) fn not_ready(why: impl Into<String>) -> Error {
    Error::NotReady(why.into())
}

pub(super) fn too_large(what: &str, is: u64, limit: u64) -> Error {
    Error::TooLarge(format!("{what} needs {is}, and the limit is {limit}"))
}
