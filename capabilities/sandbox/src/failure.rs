use std::{fmt, io};

/// Why a child gave no answer. The text is for the person whose file it was.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The child's own words: it looked at its input and declined.
    #[error("{0}")]
    Refused(String),
    #[error("the work needs more memory than it may take")]
    OutOfMemory,
    #[error("the work took longer than it may")]
    TimedOut,
    #[error("the work wrote more than it may")]
    TooMuchOutput,
    /// The kernel stopped it at a wall: this is what an attack looks like.
    #[error("the work tried to do what is forbidden to it, and was stopped")]
    Forbidden,
    /// `last_words` are what it wrote to stderr, for the log.
    #[error("the work broke down ({how})")]
    Crashed { how: Crash, last_words: String },
    #[error("the work ended without a result")]
    Silent,
    #[error("the result of the work cannot be understood")]
    Garbled,
    #[error("the work could not be started")]
    Spawn(#[source] io::Error),
}

/// How a process ended that did not mean to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    Signal(i32),
    Code(i32),
}

impl fmt::Display for Crash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signal(libc::SIGSEGV) => f.write_str("signal 11, a memory fault"),
            Self::Signal(libc::SIGABRT) => f.write_str("signal 6, it gave up"),
            Self::Signal(libc::SIGBUS) => f.write_str("signal 7, a memory fault"),
            Self::Signal(libc::SIGFPE) => f.write_str("signal 8, an arithmetic fault"),
            Self::Signal(libc::SIGILL) => f.write_str("signal 4, a forbidden instruction"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::Code(code) => write!(f, "exit code {code}"),
        }
    }
}
