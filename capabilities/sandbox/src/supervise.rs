//! Watches one child from a thread of its own, until nothing is left of it.
//!
//! A thread, because the kernel's "kill me when my parent dies" means the *thread* that started
//! the child: async worker threads come and go.

use std::{
    fs::File,
    io,
    os::{
        fd::OwnedFd,
        unix::{net::UnixStream, process::CommandExt},
    },
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::oneshot;

use crate::{failure::Failure, streams::Streams};

/// More than anybody means, and less than the clocks can count.
pub(crate) const LONGEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How a child ended.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) cause: Cause,
    pub(crate) status: ExitStatus,
    pub(crate) last_words: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// By itself.
    Ended,
    /// By us: its time was up.
    TimedOut,
    /// By us: nobody waits for it any longer.
    Cancelled,
    /// By us: whoever listened to it had enough, or has heard all.
    Objected,
}

/// Takes what a child writes to its stdout.
pub(crate) trait Listener: Send + 'static {
    /// `false` when it makes no sense to go on; the child is ended then.
    fn hear(&mut self, bytes: &[u8]) -> bool;
}

/// What to start, what to tell it, and who listens.
pub(crate) struct Work<L> {
    pub(crate) command: Command,
    pub(crate) request: Request,
    pub(crate) wall: Duration,
    pub(crate) listener: L,
}

/// Nothing, or bytes for the child's stdin; files travel with the first of them.
#[derive(Default)]
pub(crate) struct Request {
    pub(crate) bytes: Vec<u8>,
    pub(crate) files: Vec<File>,
}

/// Starts the work and waits for its end. Dropping the future ends the work.
pub(crate) async fn supervised<L: Listener>(work: Work<L>) -> Result<(End, L), Failure> {
    let (ended, end) = oneshot::channel();
    let (cancelled, _while_awaited) = io::pipe().map_err(Failure::Spawn)?;
    let watch = move || {
        let result = work.run(cancelled.into());
        // Nobody listens any longer when the future was dropped.
        drop(ended.send(result));
    };
    let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(watch);
    thread.map_err(Failure::Spawn)?;
    let end = end.await.map_err(|_| Failure::Spawn(io::Error::other("the watcher is gone")))?;
    end.map_err(Failure::Spawn)
}

impl<L: Listener> Work<L> {
    fn run(mut self, cancelled: OwnedFd) -> io::Result<(End, L)> {
        let deadline = Instant::now() + self.wall.min(LONGEST);
        let (ours, theirs) = UnixStream::pair()?;
        let has_request = !self.request.bytes.is_empty();
        let stdin = if has_request { OwnedFd::from(theirs).into() } else { Stdio::null() };
        self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut leash = Leash { child: self.command.process_group(0).spawn()? };
        // With it goes our copy of the child's end of the socket.
        drop(self.command);

        let mut streams = Streams::of(&mut leash.child, cancelled)?;
        if has_request {
            streams.send(ours, self.request)?;
        }
        let mut cause = streams.follow(deadline, &mut self.listener)?;
        leash.kill();
        if cause == Cause::Ended && !streams.drain(&mut self.listener) {
            cause = Cause::Objected;
        }
        Ok((streams.end(cause, leash.bury()?), self.listener))
    }
}

/// Holds on to a child and everything it started: none of them outlives it.
pub(crate) struct Leash {
    pub(crate) child: Child,
}

impl Leash {
    /// Before the child is reaped: until then nobody else can have its number.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // There is nobody left to kill when all have ended by themselves.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    pub(crate) fn bury(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.kill();
            let _ = self.child.wait();
        }
    }
}
