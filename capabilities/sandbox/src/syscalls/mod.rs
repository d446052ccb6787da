//! Which system calls a child may make: seccomp.
//!
//! A part of this binary gets three filters; the strictest answer counts.
//! - What nothing but an attack would call (sockets, other processes, `execve`) kills it, so that
//!   the parent learns of it and the attacker has no second try.
//! - What names a file answers "permission denied": libraries look for settings and cope without.
//! - What is left of an allow-list is "not implemented" rather than fatal, so that a newer C
//!   library that tries a newer call falls back to an older one instead of ending every child.
//!
//! A program of somebody else needs more than we know, so it gets a list of what it may not.

mod filters;
mod lists;

pub(crate) use filters::{Stay, for_programs, restrict_to_computing};
