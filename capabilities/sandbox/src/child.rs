//! The child's side: take the request, enter the walls, work, answer.
//!
//! In this order: [`request`], which comes from our parent and can be trusted; [`enter`]; only then
//! [`file()`], and whatever others wrote. It must be the first thing that the process does, as walls
//! are built around one thread and those that it starts later.
//!
//! [`work`] does all of it for a child with one task. A child that stays ([`Pool`](crate::Pool)) calls
//! [`enter_to_stay`], then [`next`] and [`answer`] in turn, until there is no next request.

use std::{
    fs::File,
    io::{self, IoSliceMut, Read, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream,
    },
    process::exit,
    sync::{Mutex, OnceLock, PoisonError},
};

use rustix::{
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg},
    process::{
        DumpableBehavior, Signal, getppid, set_dumpable_behavior, set_parent_process_death_signal,
    },
    stdio::dup2_stdout,
    thread::{CapabilitySet, CapabilitySets, set_capabilities},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    descriptors, fence,
    frames::{Message, answers},
    limits::Limits,
    part::Envelope,
    rlimits,
    streams::MAX_FILES,
    syscalls::{self, Stay},
};

/// Why the walls could not be entered. The child must end then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the walls must be entered before any thread is started")]
    Threads,
    #[error("the request must be taken before the walls are entered")]
    NoRequest,
    #[error("the limits could not be set")]
    Limits(#[source] io::Error),
    #[error("the files could not be fenced off")]
    Landlock(#[from] landlock::RulesetError),
    #[error("the system calls could not be restricted")]
    Seccomp(#[from] seccompiler::Error),
}

/// What this process got from its parent.
struct Given {
    limits: Limits,
    files: Mutex<Vec<Option<OwnedFd>>>,
    /// What was stdout. Libraries that print find stderr there.
    answers: Mutex<File>,
}

static GIVEN: OnceLock<Given> = OnceLock::new();

/// What the parent wants. Ends the process when there is no parent that wants something.
pub fn request() -> Vec<u8> {
    let taken = take().map_err(|error| format!("this command is only for Recto itself ({error})"));
    let kept = taken.and_then(|(given, request)| match GIVEN.set(given) {
        Ok(()) => Ok(request),
        Err(_) => Err("the request was taken before".to_owned()),
    });
    kept.unwrap_or_else(|reason| leave(&reason))
}

/// The whole life of a child with one task, in the order above: what comes of `work` is its answer.
pub fn work<T: DeserializeOwned, A: Serialize>(work: impl FnOnce(T) -> A) {
    let task = match serde_json::from_slice(&request()) {
        Ok(task) => task,
        Err(error) => refuse(&format!("this is no task: {error}")),
    };
    if let Err(error) = enter() {
        refuse(&format!("the walls could not be put up: {error}"));
    }
    match serde_json::to_vec(&work(task)) {
        Ok(made) => answer(&made),
        Err(error) => refuse(&format!("the answer can't be written: {error}")),
    }
}

fn take() -> io::Result<(Given, Vec<u8>)> {
    // Our parent may be gone already; then nobody would ever send this signal.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    descriptors::close_inherited()?;
    let mut stdin = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    let (length, files) = receive(&stdin)?;
    let mut envelope = vec![0; u32::from_le_bytes(length) as usize];
    stdin.read_exact(&mut envelope)?;
    let envelope: Envelope = serde_json::from_slice(&envelope)?;
    let parent = getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if parent != Some(envelope.parent) {
        return Err(io::Error::other("the parent is gone"));
    }
    let mut request = vec![0; usize::try_from(envelope.request_bytes).map_err(io::Error::other)?];
    stdin.read_exact(&mut request)?;

    let answers = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    dup2_stdout(io::stderr())?;
    let files = files.into_iter().map(Some).collect();
    let given =
        Given { limits: envelope.limits, files: Mutex::new(files), answers: Mutex::new(answers) };
    Ok((given, request))
}

/// The first bytes, and the files that came with them.
fn receive<const N: usize>(stdin: impl AsFd) -> io::Result<([u8; N], Vec<OwnedFd>)> {
    let mut first = [0; N];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FILES))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::WAITALL;
    let got = recvmsg(stdin, &mut [IoSliceMut::new(&mut first)], &mut control, flags)?;
    if got.bytes != first.len() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut files = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(sent) = message {
            files.extend(sent);
        }
    }
    Ok((first, files))
}

/// Gives up all rights but reading and writing the given files, computing, and answering.
///
/// When that fails the parent knows by itself that it is no fault of the input; the child must end.
pub fn enter() -> Result<(), Error> {
    enter_for(Stay::ForOneRequest)
}

/// The same for a child that will take further requests, and files with them.
pub fn enter_to_stay() -> Result<(), Error> {
    enter_for(Stay::ForMore)
}

fn enter_for(stay: Stay) -> Result<(), Error> {
    let given = GIVEN.get().ok_or(Error::NoRequest)?;
    let entered = wall_in(&given.limits, stay);
    if let Err(error) = &entered {
        let causes = std::iter::successors(Some(error as &dyn std::error::Error), |e| e.source());
        let causes: Vec<_> = causes.map(ToString::to_string).collect();
        say(&Message::Unwalled(causes.join(": ")));
    }
    entered
}

fn wall_in(limits: &Limits, stay: Stay) -> Result<(), Error> {
    let threads = std::fs::read_dir("/proc/self/task").map_err(Error::Limits)?.count();
    if threads != 1 {
        return Err(Error::Threads);
    }
    rlimits::of_a_part(limits).map_err(Error::Limits)?;
    give_up_capabilities().map_err(Error::Limits)?;
    fence::nothing()?.restrict_self()?;
    Ok(syscalls::restrict_to_computing(stay)?)
}

/// In a container we may be root.
fn give_up_capabilities() -> io::Result<()> {
    let none = CapabilitySet::empty();
    let sets = CapabilitySets { effective: none, permitted: none, inheritable: none };
    set_capabilities(None, sets)?;
    // Our equals must not look into our memory either.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// The n-th of the given files; it can be taken once.
pub fn file(n: usize) -> File {
    let files = GIVEN.get().map(|given| given.files.lock().unwrap_or_else(PoisonError::into_inner));
    let file = files.and_then(|mut files| files.get_mut(n)?.take());
    file.map_or_else(|| refuse(&format!("there is no file {n}")), File::from)
}

/// Waits for the next request, and gives it with its files; `None` when there will be none.
pub fn next() -> Option<(Vec<u8>, Vec<File>)> {
    let wait = || {
        // As a file, for sockets are read by a call that is forbidden here.
        let mut stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let (length, files) = receive(&stdin)?;
        let length = usize::try_from(u64::from_le_bytes(length)).map_err(io::Error::other)?;
        let mut request = vec![0; length];
        stdin.read_exact(&mut request)?;
        io::Result::Ok((request, files.into_iter().map(File::from).collect()))
    };
    wait().ok()
}

/// Tells the parent how far the work is, in one line.
pub fn progress(line: &str) {
    say(&Message::Progress(line.to_owned()));
}

/// Hands over the result. The work is done when the process then ends with success, or, if it stays,
/// when it asks for the [`next`] request.
pub fn answer(bytes: &[u8]) {
    answers(bytes).for_each(|message| say(&message));
}

/// Ends the process with the reason why there will be no answer.
pub fn refuse(message: &str) -> ! {
    say(&Message::Refusal(message.to_owned()));
    exit(1)
}

fn say(message: &Message) {
    let Some(given) = GIVEN.get() else { leave("nobody asked") };
    let mut answers = given.answers.lock().unwrap_or_else(PoisonError::into_inner);
    if answers.write_all(&message.to_bytes()).is_err() {
        leave("nobody listens");
    }
}

fn leave(reason: &str) -> ! {
    eprintln!("{reason}");
    exit(2)
}
