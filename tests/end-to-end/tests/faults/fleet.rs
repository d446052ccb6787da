use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use end_to_end::{Place, recto_command};
use rustix::process::{Pid, Signal, kill_process};

/// Workers that are killed, and followed by others as an orchestrator would have it: one at each seat.
pub(super) struct Fleet {
    logs: PathBuf,
    seats: Vec<Option<Child>>,
    may_mount: bool,
}

/// Whose scratch files lie on a small disk of its own.
const CRAMPED: usize = 0;
/// Whose clock can be turned.
const MISTIMED: usize = 1;
pub(super) const SEATS: usize = 3;

const SMALL: usize = 8 << 20;
const PIECE: [u8; 4096] = [1; 4096];

/// What a worker says when there is no room for its scratch files.
const FULL: &str = "No space left on device";

const CLOCK: &str = "clock";

impl Fleet {
    pub(super) fn start(place: &Place) -> Result<Self> {
        let may_mount = Command::new("unshare")
            .args(["-m", "mount", "-t", "tmpfs", "disk", "/mnt"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !may_mount {
            eprintln!(
                "not tested, for nobody may mount anything here: a scratch disk that is full"
            );
        }
        let mut fleet = Self { logs: place.temporary(), seats: Vec::new(), may_mount };
        fleet.turn_clock("+0")?;
        std::fs::create_dir(scratch(place))?;
        for seat in 0..SEATS {
            let worker = fleet.worker(place, seat)?;
            fleet.seats.push(Some(worker));
        }
        Ok(fleet)
    }

    /// Kills the worker at a seat, which another takes.
    pub(super) fn replace(&mut self, place: &Place, seat: usize) -> Result<()> {
        if let Some(mut worker) = self.seats[seat].take() {
            // It may have ended by itself, when there was no database to begin with.
            worker.kill()?;
            worker.wait()?;
        }
        self.seats[seat] = Some(self.worker(place, seat)?);
        Ok(())
    }

    /// Others take the seats of those who have ended.
    pub(super) fn complete(&mut self, place: &Place) -> Result<()> {
        for seat in 0..SEATS {
            let has_ended = |worker: &mut Child| worker.try_wait().map(|status| status.is_some());
            if self.seats[seat].as_mut().map(has_ended).transpose()?.unwrap_or(true) {
                self.replace(place, seat)?;
            }
        }
        Ok(())
    }

    /// Leaves no room on the small disk.
    pub(super) fn fill_scratch(&self, place: &Place) -> Result<()> {
        let Some(filler) = self.filler(place) else { return Ok(()) };
        while !self.is_on_small_disk(place)? {
            sleep(Duration::from_millis(10));
        }
        let mut filler = File::create(filler)?;
        for _ in 0..=SMALL / PIECE.len() {
            if filler.write_all(&PIECE).is_err() {
                return Ok(());
            }
        }
        bail!("the scratch disk is not the small one");
    }

    pub(super) fn empty_scratch(&self, place: &Place) -> Result<()> {
        if let Some(filler) = self.filler(place) {
            std::fs::remove_file(filler)?;
        }
        Ok(())
    }

    /// Sets the clock of one worker, and of those who follow at its seat: `+1h`.
    pub(super) fn turn_clock(&self, to: &str) -> Result<()> {
        Ok(std::fs::write(self.logs.join(CLOCK), to)?)
    }

    /// Asks all to go, and looks at what they said: that they met what was to go wrong, and nothing worse.
    pub(super) fn stop(mut self) -> Result<()> {
        for worker in self.seats.iter().flatten() {
            kill_process(Pid::from_child(worker), Signal::TERM)?;
        }
        for mut worker in self.seats.drain(..).flatten() {
            let ended = worker.wait()?;
            ensure!(ended.success(), "a worker ended with {ended}");
        }
        let logs = self.said()?;
        let panic = logs.lines().find(|line| line.contains("panicked"));
        ensure!(panic.is_none(), "{panic:?}");
        let full = self.may_mount.then_some(FULL);
        let met = ["its checksum says", "answered 503"];
        for fault in met.into_iter().chain(full) {
            ensure!(logs.contains(fault), "nobody has met {fault:?}");
        }
        Ok(())
    }

    /// Whether a worker has met the full disk, if there can be one.
    pub(super) fn has_met_full_disk(&self) -> Result<bool> {
        Ok(!self.may_mount || self.said()?.contains(FULL))
    }

    fn said(&self) -> Result<String> {
        let logs = (0..SEATS).map(|seat| std::fs::read_to_string(self.log(seat)));
        Ok(logs.collect::<std::io::Result<String>>()?)
    }

    fn worker(&self, place: &Place, seat: usize) -> Result<Child> {
        let mut recto = place.prepare(recto_command()?);
        recto.args(["serve", "--role", "ingest,events", "--listen", "127.0.0.1:0"]);
        let mut command = recto;
        if seat == CRAMPED && self.may_mount {
            command = on_small_disk(command, &scratch(place));
        }
        if seat == MISTIMED {
            let fake = faketime().context("libfaketime is not there: run `make e2e`")?;
            command.env("LD_PRELOAD", fake).env("FAKETIME_TIMESTAMP_FILE", self.logs.join(CLOCK));
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let log = File::options().create(true).append(true).open(self.log(seat))?;
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        Ok(command.spawn()?)
    }

    /// What takes the room on the small disk, which only the worker there sees.
    fn filler(&self, place: &Place) -> Option<PathBuf> {
        let worker = self.seats[CRAMPED].as_ref().filter(|_| self.may_mount)?;
        let root = PathBuf::from(format!("/proc/{}/root", worker.id()));
        Some(root.join(scratch(place).strip_prefix("/").ok()?).join("filler"))
    }

    /// A moment after it was started; never, if it has ended.
    fn is_on_small_disk(&self, place: &Place) -> Result<bool> {
        let worker = self.seats[CRAMPED].as_ref().context("nobody has the small disk")?;
        let mounts = std::fs::read_to_string(format!("/proc/{}/mounts", worker.id()))?;
        let folder = scratch(place);
        Ok(mounts.lines().any(|line| line.split(' ').nth(1).map(Path::new) == Some(&folder)))
    }

    fn log(&self, seat: usize) -> PathBuf {
        self.logs.join(format!("worker-{seat}.log"))
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        for mut worker in self.seats.drain(..).flatten() {
            if let Err(error) = worker.kill().and_then(|()| worker.wait()) {
                eprintln!("a worker cannot be killed: {error}");
            }
        }
    }
}

fn scratch(place: &Place) -> PathBuf {
    place.data().join("cramped")
}

/// The same command, where `folder` is a file system of a few megabytes.
fn on_small_disk(command: Command, folder: &Path) -> Command {
    let mount = format!(r#"mount -t tmpfs -o size={SMALL} disk "$0" && exec "$@""#);
    let mut shell = Command::new("unshare");
    shell.args(["-m", "sh", "-c", &mount]).arg(folder).arg(command.get_program());
    shell.args(command.get_args()).env("RECTO_INGEST__SCRATCH", folder);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// What gives one process another time than the machine's.
fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").ok()?;
    let library = |folder: PathBuf| folder.join("faketime/libfaketimeMT.so.1");
    folders.filter_map(|entry| Some(library(entry.ok()?.path()))).find(|path| path.is_file())
}
