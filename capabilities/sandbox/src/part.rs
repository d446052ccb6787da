use std::{
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    pin::pin,
    process::Command,
};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::{
    failure::Failure,
    frames::{Garbage, Message, Reader},
    limits::Limits,
    streams::MAX_FILES,
    supervise::{Listener, Request, Work, supervised},
    verdict::{log, verdict},
    walls,
};

/// Longer answers of a part are taken for garbage.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Lines of progress that wait to be taken; more are dropped, as only the newest matters.
const LINES: usize = 64;

/// A part of this binary, and what it gets to do its work.
pub struct Part<'a> {
    /// The hidden subcommand, as in `recto decode`.
    pub name: &'a str,
    /// What [`child::request`](crate::child::request) gives in the child.
    pub request: Vec<u8>,
    /// What [`child::file`](crate::child::file) gives in the child, in this order: at most 16.
    /// These files are all that it can reach.
    pub files: Vec<File>,
    pub limits: Limits,
    /// The binary to start; `None` is this one. Tests name another.
    pub executable: Option<PathBuf>,
}

/// What goes before the request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Envelope {
    pub(crate) parent: u32,
    pub(crate) limits: Limits,
    pub(crate) request_bytes: u64,
}

/// Runs the part in a child process and gives its answer.
///
/// Dropping the future kills the child.
pub async fn run(part: Part<'_>, mut on_progress: impl FnMut(&str)) -> Result<Vec<u8>, Failure> {
    walls::warn_of_gaps();
    let (said, mut lines) = mpsc::channel(LINES);
    let mut work = pin!(supervised(Work {
        command: command(part.name, part.executable.as_deref()),
        wall: part.limits.wall,
        request: request(part)?,
        listener: Conversation {
            reader: Reader::default(),
            lines: said,
            begun: Vec::new(),
            last: None,
        },
    }));
    let ended = loop {
        tokio::select! {
            biased;
            Some(line) = lines.recv() => on_progress(&line),
            ended = &mut work => break ended,
        }
    };
    let (end, heard) = ended?;
    while let Ok(line) = lines.try_recv() {
        on_progress(&line);
    }
    let verdict = verdict(&end);
    log(&end, &verdict);
    match heard.last {
        Some(Last::Refusal(text)) => Err(Failure::Refused(text)),
        Some(Last::Unwalled(text)) => Err(Failure::Spawn(io::Error::other(text))),
        Some(Last::Answer(answer)) => verdict.map(|()| answer),
        None => verdict.and(Err(Failure::Silent)),
    }
}

/// Where the binary starts again: without environment, in no folder of interest.
pub(crate) fn command(name: &str, executable: Option<&Path>) -> Command {
    let mut command = Command::new(executable.unwrap_or(Path::new("/proc/self/exe")));
    command.arg0("recto").arg(name).current_dir("/").env_clear();
    // Allocators that reserve address space by the gigabyte would meet the memory limit early.
    command.env("MALLOC_ARENA_MAX", "2").env("MIMALLOC_ARENA_RESERVE", "65536");
    command.env("LANG", "C.UTF-8");
    command
}

fn request(part: Part<'_>) -> Result<Request, Failure> {
    if part.files.len() > MAX_FILES {
        return Err(Failure::Spawn(io::Error::other("too many files for one child")));
    }
    Ok(Request { bytes: enveloped(&part.request, part.limits)?, files: part.files })
}

/// The first that a child hears.
pub(crate) fn enveloped(request: &[u8], limits: Limits) -> Result<Vec<u8>, Failure> {
    let request_bytes = request.len() as u64;
    let envelope = Envelope { parent: std::process::id(), limits, request_bytes };
    let envelope = serde_json::to_vec(&envelope).map_err(|error| Failure::Spawn(error.into()))?;
    let length = u32::try_from(envelope.len()).expect("an envelope is small");
    Ok([&length.to_le_bytes()[..], &envelope, request].concat())
}

/// What a child says, as it says it.
struct Conversation {
    reader: Reader,
    lines: mpsc::Sender<String>,
    /// The parts of an answer that have come.
    begun: Vec<u8>,
    last: Option<Last>,
}

/// The message that ends a conversation.
enum Last {
    Answer(Vec<u8>),
    Refusal(String),
    Unwalled(String),
}

impl Listener for Conversation {
    fn hear(&mut self, bytes: &[u8]) -> bool {
        self.reader.push(bytes);
        loop {
            match self.reader.next() {
                Ok(Some(Message::Progress(line))) => drop(self.lines.try_send(line)),
                Ok(Some(Message::Part(part))) if self.begun.len() < MAX_ANSWER_BYTES => {
                    self.begun.extend(part);
                }
                Ok(Some(Message::Part(_))) => return false,
                Ok(Some(Message::Answer(rest))) => {
                    let answer = [std::mem::take(&mut self.begun), rest].concat();
                    self.end(Last::Answer(answer));
                }
                Ok(Some(Message::Refusal(text))) => self.end(Last::Refusal(text)),
                Ok(Some(Message::Unwalled(text))) => self.end(Last::Unwalled(text)),
                Ok(None) => return true,
                Err(Garbage) => return false,
            }
        }
    }
}

impl Conversation {
    /// A child without walls has nothing to say about its input.
    fn end(&mut self, last: Last) {
        if !matches!(self.last, Some(Last::Unwalled(_))) {
            self.last = Some(last);
        }
    }
}
