use std::{
    collections::BTreeMap, ffi::OsString, fs, io, os::unix::process::CommandExt, path::PathBuf,
    pin::pin, process::Command,
};

use landlock::RulesetCreated;
use rustix::process::{Signal, getpid, getppid, set_parent_process_death_signal};
use seccompiler::{BpfProgram, apply_filter};
use tokio::sync::mpsc;

use crate::{
    descriptors,
    failure::{Crash, Failure},
    fence,
    frames::plain,
    limits::Limits,
    rlimits,
    supervise::{Cause, Listener, Request, Work, supervised},
    syscalls,
    verdict::{log, verdict},
    walls,
};

/// A program of somebody else, such as `vips`, and what it gets to do its work.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// Where it is, in full.
    pub path: PathBuf,
    pub args: Vec<OsString>,
    /// What it finds in its environment, besides `PATH`, `LANG`, `HOME` and `TMPDIR`.
    pub environment: BTreeMap<String, String>,
    /// Files and folders that it may read, besides those of the system.
    pub read: Vec<PathBuf>,
    /// Folders and files that it may write; the first folder is its home.
    pub write: Vec<PathBuf>,
    pub limits: Limits,
}

/// What a program may say on stdout, which is kept in memory.
const MAX_STDOUT_BYTES: usize = 16 * 1024 * 1024;
/// Longer lines are taken for garbage.
const MAX_LINE_BYTES: usize = 64 * 1024;
/// Lines that wait to be told; more are dropped.
const LINES: usize = 256;

/// Runs the program and gives what it wrote to stdout.
///
/// It has no network, no children, and sees only the system's folders and what it is given.
/// Dropping the future kills it.
pub async fn run_program(program: Program) -> Result<Vec<u8>, Failure> {
    run(program, Collected::default()).await.map(|heard| heard.bytes)
}

/// Runs the program as [`run_program`] does, and tells each line that it writes to stdout as it writes it.
pub async fn follow_program(
    program: Program,
    mut on_line: impl FnMut(&str),
) -> Result<(), Failure> {
    let (said, mut lines) = mpsc::channel(LINES);
    let mut work = pin!(run(program, Lines { begun: Vec::new(), said }));
    let ended = loop {
        tokio::select! {
            biased;
            Some(line) = lines.recv() => on_line(&line),
            ended = &mut work => break ended,
        }
    };
    while let Ok(line) = lines.try_recv() {
        on_line(&line);
    }
    ended.map(|_| ())
}

async fn run<L: Listener>(program: Program, listener: L) -> Result<L, Failure> {
    walls::warn_of_gaps();
    let (end, heard) = supervised(Work {
        command: command(&program).map_err(Failure::Spawn)?,
        request: Request::default(),
        wall: program.limits.wall,
        listener,
    })
    .await?;
    let verdict = match verdict(&end) {
        Err(Failure::Garbled) if end.cause == Cause::Objected => Err(Failure::TooMuchOutput),
        // Programs decline by an exit code and a word about it.
        Err(Failure::Crashed { how: Crash::Code(_), last_words }) if !last_words.is_empty() => {
            Err(Failure::Refused(last_lines(&end.last_words)))
        }
        verdict => verdict,
    };
    log(&end, &verdict);
    verdict.map(|()| heard)
}

fn command(program: &Program) -> io::Result<Command> {
    let path = fs::canonicalize(&program.path)?;
    let home = program.write.iter().find(|path| path.is_dir());
    let mut command = Command::new(&program.path);
    command.args(&program.args).env_clear();
    command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("LANG", "C.UTF-8");
    // As in a part: reserved address space counts.
    command.env("MALLOC_ARENA_MAX", "2");
    match home {
        Some(home) => command.current_dir(home).env("HOME", home).env("TMPDIR", home),
        None => command.current_dir("/"),
    };
    command.envs(&program.environment);
    let fence = fence::around(&path, &program.read, &program.write).map_err(io::Error::other)?;
    let filters = syscalls::for_programs().map_err(io::Error::other)?;
    wall_in(&mut command, Walls { limits: program.limits.clone(), fence: Some(fence), filters });
    Ok(command)
}

/// Everything that is built before the fork, so that nothing needs to be allocated after it.
struct Walls {
    limits: Limits,
    fence: Option<RulesetCreated>,
    filters: [BpfProgram; 2],
}

#[expect(unsafe_code, reason = "walls must stand before a program of somebody else starts")]
fn wall_in(command: &mut Command, mut walls: Walls) {
    let parent = getpid();
    let enter = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        if getppid() != Some(parent) {
            return Err(io::Error::from_raw_os_error(libc::ESRCH));
        }
        descriptors::close_at_exec()?;
        rlimits::of_a_program(&walls.limits)?;
        let denied = || io::Error::from_raw_os_error(libc::EPERM);
        if let Some(fence) = walls.fence.take() {
            fence.restrict_self().map_err(|_| denied())?;
        }
        walls.filters.iter().try_for_each(|filter| apply_filter(filter)).map_err(|_| denied())
    };
    // SAFETY: between fork and exec only system calls are made: no allocation, no lock, no panic.
    unsafe { command.pre_exec(enter) };
}

/// What a program says on stdout, as far as that is bearable.
#[derive(Default)]
struct Collected {
    bytes: Vec<u8>,
}

impl Listener for Collected {
    fn hear(&mut self, bytes: &[u8]) -> bool {
        self.bytes.extend_from_slice(bytes);
        self.bytes.len() <= MAX_STDOUT_BYTES
    }
}

/// What a program says on stdout, line by line.
struct Lines {
    begun: Vec<u8>,
    said: mpsc::Sender<String>,
}

impl Listener for Lines {
    fn hear(&mut self, bytes: &[u8]) -> bool {
        self.begun.extend_from_slice(bytes);
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            // Who has no time to listen misses lines: only the newest matter.
            drop(self.said.try_send(String::from_utf8_lossy(&line[..end]).into_owned()));
        }
        self.begun.len() <= MAX_LINE_BYTES
    }
}

/// The end of what a program wrote to stderr: where it says why.
fn last_lines(words: &[u8]) -> String {
    const LINES: usize = 3;
    let words = String::from_utf8_lossy(words);
    let lines: Vec<_> = words.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    plain(lines[lines.len().saturating_sub(LINES)..].join("; ").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_say_why() {
        let words = b"warning: a\n\nwarning: b\nerror: c\n  cannot read d \n";
        assert_eq!(last_lines(words), "warning: b; error: c; cannot read d");
        assert_eq!(last_lines(b"\n"), "");
    }
}
