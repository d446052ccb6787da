//! One child that stays: it is asked, and asked again.
//!
//! It has a thread of its own, as every child has, which starts it, carries requests to it and answers
//! back, and buries it: when it is dropped, when nobody has asked for long, when it ended by itself.

use std::{
    fs::File,
    io::{self, PipeReader, PipeWriter, Write},
    os::unix::{net::UnixStream, process::CommandExt},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use crate::{
    failure::Failure,
    frames::{Garbage, Message, Reader},
    streams::Streams,
    supervise::{Cause, LONGEST, Leash, Listener, Request},
    verdict::{log, verdict},
};

/// What to start, and how long it may be left alone.
pub(crate) struct Plan {
    pub(crate) command: Command,
    /// What it hears first.
    pub(crate) greeting: Vec<u8>,
    pub(crate) max_idle: Duration,
    pub(crate) max_answer_bytes: usize,
}

/// A child that waits to be asked. Dropping it ends the child.
pub(crate) struct Resident {
    asks: mpsc::Sender<Open>,
    /// Wakes the thread up; with its end it knows that nobody will ask again.
    call: PipeWriter,
    is_alive: Arc<AtomicBool>,
}

pub(crate) struct Ask {
    pub(crate) request: Vec<u8>,
    pub(crate) files: Vec<File>,
    pub(crate) wall: Duration,
}

/// An ask, and where its answer goes.
struct Open {
    ask: Ask,
    reply: Reply,
}

type Reply = oneshot::Sender<Result<Vec<u8>, Failure>>;

impl Resident {
    /// The child starts while the caller goes on; what hinders it is the answer to the first ask.
    pub(crate) fn start(plan: Plan) -> Result<Self, Failure> {
        let (called, call) = io::pipe().map_err(Failure::Spawn)?;
        let (asks, asked) = mpsc::channel();
        let is_alive = Arc::new(AtomicBool::new(true));
        let alive = Arc::clone(&is_alive);
        let watch = move || {
            let life = Life { asked, heard: Heard::new(plan.max_answer_bytes) };
            if let Err(error) = life.live(plan, called, &alive) {
                tracing::warn!(%error, "a child could not be started, or watched");
            }
            alive.store(false, Ordering::Release);
        };
        let thread = thread::Builder::new().name("sandbox".to_owned()).spawn(watch);
        thread.map_err(Failure::Spawn)?;
        Ok(Self { asks, call, is_alive })
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.is_alive.load(Ordering::Acquire)
    }

    /// The answer, and the child if it can be asked again. Dropping the future ends the child.
    pub(crate) async fn ask(mut self, ask: Ask) -> (Result<Vec<u8>, Failure>, Option<Self>) {
        let gone = || Failure::Spawn(io::Error::other("the child has gone"));
        let (reply, answer) = oneshot::channel();
        if self.asks.send(Open { ask, reply }).is_err() || self.call.write_all(&[1]).is_err() {
            return (Err(gone()), None);
        }
        let answer = answer.await.unwrap_or_else(|_| Err(gone()));
        let stays = matches!(answer, Ok(_) | Err(Failure::Refused(_)));
        (answer, stays.then_some(self))
    }
}

/// The thread's side.
struct Life {
    asked: mpsc::Receiver<Open>,
    heard: Heard,
}

impl Life {
    fn live(mut self, plan: Plan, called: PipeReader, alive: &AtomicBool) -> io::Result<()> {
        let Plan { mut command, greeting, max_idle, .. } = plan;
        let (ours, theirs) = UnixStream::pair()?;
        command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut leash = Leash { child: command.process_group(0).spawn()? };
        // With it goes our copy of the child's end of the socket.
        drop(command);
        let mut streams = Streams::of(&mut leash.child, called.into())?;
        streams.send(ours.try_clone()?, Request { bytes: greeting, files: Vec::new() })?;

        let (cause, open) = self.serve(&mut streams, &ours, max_idle)?;
        alive.store(false, Ordering::Release);
        leash.kill();
        if cause == Cause::Ended {
            streams.drain(&mut self.heard);
        }
        let end = streams.end(cause, leash.bury()?);
        let Some(reply) = open else { return Ok(()) };
        let failed = verdict(&end);
        log(&end, &failed);
        let failure = match self.heard.unwalled {
            Some(text) => Failure::Spawn(io::Error::other(text)),
            None => failed.err().unwrap_or(Failure::Silent),
        };
        // Nobody waits for the answer when the future was dropped.
        drop(reply.send(Err(failure)));
        Ok(())
    }

    /// Answers one ask after the other, until the child has to be buried; gives who waits in vain.
    fn serve(
        &mut self,
        streams: &mut Streams,
        socket: &UnixStream,
        max_idle: Duration,
    ) -> io::Result<(Cause, Option<Reply>)> {
        loop {
            let idle_until = Instant::now() + max_idle.min(LONGEST);
            let cause = streams.follow(idle_until, &mut self.heard)?;
            if cause != Cause::Cancelled || !streams.was_called() {
                return Ok((cause, self.asked.try_recv().ok().map(|open| open.reply)));
            }
            let Ok(Open { ask, reply }) = self.asked.try_recv() else { continue };
            let length = (ask.request.len() as u64).to_le_bytes();
            let bytes = [&length[..], &ask.request].concat();
            streams.send(socket.try_clone()?, Request { bytes, files: ask.files })?;
            let deadline = Instant::now() + ask.wall.min(LONGEST);
            let cause = streams.follow(deadline, &mut self.heard)?;
            match self.heard.done.take() {
                Some(answer) => drop(reply.send(answer.map_err(Failure::Refused))),
                None => return Ok((cause, Some(reply))),
            }
        }
    }
}

/// What a child says to one ask.
struct Heard {
    reader: Reader,
    begun: Vec<u8>,
    max_bytes: usize,
    /// Its answer, or why it declines.
    done: Option<Result<Vec<u8>, String>>,
    unwalled: Option<String>,
}

impl Heard {
    fn new(max_bytes: usize) -> Self {
        Self { reader: Reader::default(), begun: Vec::new(), max_bytes, done: None, unwalled: None }
    }
}

impl Listener for Heard {
    fn hear(&mut self, bytes: &[u8]) -> bool {
        self.reader.push(bytes);
        while self.done.is_none() {
            match self.reader.next() {
                Ok(Some(Message::Progress(_))) => {}
                Ok(Some(Message::Part(part))) if self.begun.len() < self.max_bytes => {
                    self.begun.extend(part);
                }
                Ok(Some(Message::Answer(rest))) => {
                    let mut answer = std::mem::take(&mut self.begun);
                    answer.extend(rest);
                    self.done = Some(Ok(answer));
                }
                Ok(Some(Message::Refusal(text))) => self.done = Some(Err(text)),
                Ok(Some(Message::Unwalled(text))) => self.unwalled = Some(text),
                Ok(None) => return true,
                Ok(Some(Message::Part(_))) | Err(Garbage) => return false,
            }
        }
        false
    }
}
