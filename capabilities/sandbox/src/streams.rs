//! The pipes to and from a child, all watched at once.

use std::{
    fs::File,
    io::{self, IoSlice, Read, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{OFlags, fcntl_getfl, fcntl_setfl},
    io::Errno,
    net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg},
    process::{Pid, PidfdFlags, WaitId, WaitIdOptions, pidfd_open, waitid},
};

use crate::supervise::{Cause, End, Listener, Request};

/// How much of what a child writes to stderr is remembered: the end of it.
const LAST_WORDS_BYTES: usize = 4096;
/// How often an old kernel without pidfd is asked whether the child has ended.
const ASK_AGAIN: Duration = Duration::from_millis(20);
/// More files do not fit into one message to the child.
pub(crate) const MAX_FILES: usize = 16;

pub(crate) struct Streams {
    pid: Pid,
    ended: Option<OwnedFd>,
    cancelled: OwnedFd,
    stdin: Option<Outgoing>,
    stdout: Option<File>,
    stderr: Option<File>,
    last_words: Vec<u8>,
    buffer: Vec<u8>,
}

impl Streams {
    pub(crate) fn of(child: &mut Child, cancelled: OwnedFd) -> io::Result<Self> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self {
            pid,
            ended: pidfd_open(pid, PidfdFlags::empty()).ok(),
            cancelled,
            stdin: None,
            stdout: child.stdout.take().map(|pipe| non_blocking(pipe.into())).transpose()?,
            stderr: child.stderr.take().map(|pipe| non_blocking(pipe.into())).transpose()?,
            last_words: Vec::new(),
            buffer: vec![0; 64 * 1024],
        })
    }

    pub(crate) fn send(&mut self, socket: UnixStream, request: Request) -> io::Result<()> {
        self.stdin = Outgoing::start(socket, request)?;
        Ok(())
    }

    /// After [`Cause::Cancelled`]: whether that was a call, of which there may be more, and not the end.
    pub(crate) fn was_called(&self) -> bool {
        let mut call = [0];
        matches!(rustix::io::read(&self.cancelled, &mut call), Ok(1))
    }

    /// Until the child has ended, or has to be ended.
    pub(crate) fn follow(
        &mut self,
        deadline: Instant,
        listener: &mut impl Listener,
    ) -> io::Result<Cause> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Cause::TimedOut);
            }
            let ready = self.wait(left)?;
            if ready.cancelled {
                return Ok(Cause::Cancelled);
            }
            if ready.stdin {
                self.stdin = self.stdin.take().and_then(Outgoing::go_on);
            }
            if ready.stderr {
                self.hear_stderr();
            }
            if ready.stdout && !self.hear_stdout(listener).1 {
                return Ok(Cause::Objected);
            }
            if self.has_ended()? {
                return Ok(Cause::Ended);
            }
        }
    }

    /// Takes what was still in the pipes when the child ended; `false` when the listener objects.
    pub(crate) fn drain(&mut self, listener: &mut impl Listener) -> bool {
        while self.hear_stderr() > 0 {}
        loop {
            match self.hear_stdout(listener) {
                (_, false) => return false,
                (0, true) => return true,
                (_, true) => {}
            }
        }
    }

    pub(crate) fn end(self, cause: Cause, status: ExitStatus) -> End {
        End { cause, status, last_words: self.last_words }
    }

    fn wait(&self, left: Duration) -> io::Result<Ready> {
        let left = if self.ended.is_some() { left } else { left.min(ASK_AGAIN) };
        let timeout = Timespec::try_from(left).map_err(io::Error::other)?;
        let watched: [(Option<BorrowedFd<'_>>, PollFlags); 5] = [
            (Some(self.cancelled.as_fd()), PollFlags::IN),
            (self.ended.as_ref().map(AsFd::as_fd), PollFlags::IN),
            (self.stdin.as_ref().map(|stdin| stdin.socket.as_fd()), PollFlags::OUT),
            (self.stdout.as_ref().map(AsFd::as_fd), PollFlags::IN),
            (self.stderr.as_ref().map(AsFd::as_fd), PollFlags::IN),
        ];
        let there =
            watched.iter().enumerate().filter_map(|(at, (fd, flags))| Some((at, (*fd)?, *flags)));
        let (at, mut fds): (Vec<usize>, Vec<PollFd<'_>>) =
            there.map(|(at, fd, flags)| (at, PollFd::from_borrowed_fd(fd, flags))).unzip();
        match poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let mut is_ready = [false; 5];
        for (at, fd) in at.into_iter().zip(&fds) {
            is_ready[at] = !fd.revents().is_empty();
        }
        let [cancelled, _, stdin, stdout, stderr] = is_ready;
        Ok(Ready { cancelled, stdin, stdout, stderr })
    }

    /// The child stays a zombie, so that its number is nobody else's until it is reaped.
    fn has_ended(&self) -> io::Result<bool> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(self.pid), look)?.is_some())
    }

    fn hear_stdout(&mut self, listener: &mut impl Listener) -> (usize, bool) {
        let heard = hear(&mut self.stdout, &mut self.buffer);
        (heard, heard == 0 || listener.hear(&self.buffer[..heard]))
    }

    fn hear_stderr(&mut self) -> usize {
        let heard = hear(&mut self.stderr, &mut self.buffer);
        self.last_words.extend_from_slice(&self.buffer[..heard]);
        let too_many = self.last_words.len().saturating_sub(LAST_WORDS_BYTES);
        self.last_words.drain(..too_many);
        heard
    }
}

struct Ready {
    cancelled: bool,
    stdin: bool,
    stdout: bool,
    stderr: bool,
}

/// Reads what is there; a pipe that has ended is put away.
fn hear(pipe: &mut Option<File>, buffer: &mut [u8]) -> usize {
    let Some(open) = pipe else { return 0 };
    match open.read(buffer) {
        Ok(0) => {
            *pipe = None;
            0
        }
        Ok(heard) => heard,
        Err(error) if is_for_later(&error) => 0,
        Err(_) => {
            *pipe = None;
            0
        }
    }
}

/// The request on its way to the child's stdin.
struct Outgoing {
    socket: UnixStream,
    bytes: Vec<u8>,
    sent: usize,
}

impl Outgoing {
    /// The files go with the first bytes.
    fn start(socket: UnixStream, request: Request) -> io::Result<Option<Self>> {
        socket.set_nonblocking(true)?;
        let files: Vec<_> = request.files.iter().map(AsFd::as_fd).collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !files.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&files)) {
            return Err(io::Error::other("too many files for one child"));
        }
        let first = [IoSlice::new(&request.bytes)];
        match sendmsg(&socket, &first, &mut control, SendFlags::NOSIGNAL) {
            Ok(sent) => Ok(Self { socket, bytes: request.bytes, sent }.unless_done()),
            // It ended before it listened; its end will say why.
            Err(Errno::PIPE | Errno::CONNRESET) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// `None` when all is said, or nobody listens.
    fn go_on(mut self) -> Option<Self> {
        match self.socket.write(&self.bytes[self.sent..]) {
            Ok(sent) => {
                self.sent += sent;
                self.unless_done()
            }
            Err(error) if is_for_later(&error) => Some(self),
            Err(_) => None,
        }
    }

    fn unless_done(self) -> Option<Self> {
        (self.sent < self.bytes.len()).then_some(self)
    }
}

fn is_for_later(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

fn non_blocking(pipe: OwnedFd) -> io::Result<File> {
    let flags = fcntl_getfl(&pipe)?;
    fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?;
    Ok(pipe.into())
}
