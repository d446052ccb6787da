//! From the way a child ended to what that means.

use std::{os::unix::process::ExitStatusExt, process::ExitStatus};

use crate::{
    failure::{Crash, Failure},
    frames::plain,
    supervise::{Cause, End},
};

/// What the end of the child means; `Ok` when it ended well.
pub(crate) fn verdict(end: &End) -> Result<(), Failure> {
    match end.cause {
        Cause::Cancelled | Cause::TimedOut => Err(Failure::TimedOut),
        Cause::Objected => Err(Failure::Garbled),
        Cause::Ended if end.status.success() => Ok(()),
        Cause::Ended => Err(broken(end.status, &end.last_words)),
    }
}

fn broken(status: ExitStatus, last_words: &[u8]) -> Failure {
    let how = match (status.signal(), status.code()) {
        (Some(libc::SIGXCPU), _) => return Failure::TimedOut,
        (Some(libc::SIGXFSZ), _) => return Failure::TooMuchOutput,
        (Some(libc::SIGSYS), _) => return Failure::Forbidden,
        // Not by us: that leaves the kernel, which kills what takes too much of the machine.
        (Some(libc::SIGKILL), _) => return Failure::OutOfMemory,
        (Some(signal), _) => Crash::Signal(signal),
        (None, code) => Crash::Code(code.unwrap_or(-1)),
    };
    if speaks_of_memory(last_words) {
        return Failure::OutOfMemory;
    }
    Failure::Crashed { how, last_words: plain(last_words) }
}

/// An allocation that fails ends a process in many ways, but hardly without a word about it.
fn speaks_of_memory(words: &[u8]) -> bool {
    const SIGNS: [&str; 7] = [
        "memory allocation of", // Rust
        "out of memory",
        "cannot allocate memory", // strerror(ENOMEM)
        "failed to allocate",     // GLib
        "bad_alloc",              // C++
        "unable to allocate",
        "memory exhausted", // GNU
    ];
    let words = String::from_utf8_lossy(words).to_lowercase();
    SIGNS.iter().any(|sign| words.contains(sign))
}

/// What the child wrote to stderr belongs into our log: as a warning if it was stopped or crashed.
/// A program that ends by itself and says that it can't do something is doing its work.
pub(crate) fn log(end: &End, verdict: &Result<(), Failure>) {
    let last_words = plain(&end.last_words);
    if end.cause == Cause::Cancelled {
        return tracing::debug!(status = %end.status, "a child was ended, as nobody waits for it");
    }
    match verdict {
        Err(failure @ Failure::Refused(_)) => {
            tracing::info!(%failure, status = %end.status, last_words, "a child gave up");
        }
        Err(failure) => {
            tracing::warn!(%failure, status = %end.status, last_words, "the work of a child failed");
        }
        Ok(()) if !last_words.is_empty() => {
            tracing::debug!(last_words, "a child had something to say")
        }
        Ok(()) => {}
    }
}
