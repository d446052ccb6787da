//! What the kernel counts. See `setrlimit(2)`.

use std::{io, time::Duration};

use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};

use crate::limits::Limits;

/// Address space beyond the memory limit, for what is reserved and never touched.
const RESERVED_BYTES: u64 = 1024 * 1024 * 1024;

/// The standard streams, the files that are given, and a few of our own.
const ALWAYS_OPEN: u64 = 24;

/// For this process, which already is something: the memory limit counts from here.
///
/// Threads and processes are not counted: the kernel counts those of the user, that is, of all of
/// Recto. Processes are forbidden otherwise, and threads run out of address space.
pub(crate) fn of_a_part(limits: &Limits) -> io::Result<()> {
    let (mapped, written) = mapped_bytes()?;
    let memory = limits.memory_bytes;
    set(Resource::Data, written.saturating_add(memory))?;
    set(Resource::As, mapped.saturating_add(memory).saturating_add(RESERVED_BYTES))?;
    of_any(limits)
}

/// For a program that is about to start; no allocation happens here, so it may follow a fork.
pub(crate) fn of_a_program(limits: &Limits) -> io::Result<()> {
    set(Resource::Data, limits.memory_bytes)?;
    set(Resource::As, limits.memory_bytes.saturating_add(RESERVED_BYTES))?;
    of_any(limits)
}

fn of_any(limits: &Limits) -> io::Result<()> {
    let cpu = limits.cpu.saturating_add(Duration::from_millis(999)).as_secs().max(1);
    // The signal at the soft limit can be ignored, the one at the hard limit cannot.
    set_soft(Resource::Cpu, cpu, cpu.saturating_add(2))?;
    set(Resource::Fsize, limits.output_bytes)?;
    set(Resource::Nofile, limits.open_files.saturating_add(ALWAYS_OPEN))?;
    set(Resource::Core, 0)?;
    nice(limits.niceness.max(0))?;
    Ok(())
}

fn set(resource: Resource, value: u64) -> io::Result<()> {
    set_soft(resource, value, value)
}

/// Whoever started Recto may have set lower limits; they stay.
fn set_soft(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let hard = getrlimit(resource).maximum.map_or(hard, |now| now.min(hard));
    setrlimit(resource, Rlimit { current: Some(soft.min(hard)), maximum: Some(hard) })?;
    Ok(())
}

/// What is mapped by now, and how much of that is private and writable.
fn mapped_bytes() -> io::Result<(u64, u64)> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let mut pages = pages.split_ascii_whitespace().map(str::parse::<u64>);
    let mut next = |skip| pages.nth(skip).and_then(Result::ok).ok_or(io::ErrorKind::InvalidData);
    let (mapped, written) = (next(0)?, next(4)?);
    let page = rustix::param::page_size() as u64;
    Ok((mapped * page, written * page))
}
