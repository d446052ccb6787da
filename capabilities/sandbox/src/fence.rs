//! The fence around files, sockets and signals: landlock. Where the kernel has none or less of it,
//! as much as there is; [`walls`](crate::walls) tells.

use std::{
    path::{Path, PathBuf},
    thread,
};

use landlock::{
    ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated,
    RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};

/// The newest version that our tests have met. Older kernels get what they know of it.
const TESTED: ABI = ABI::V7;

/// Where systems keep programs, and what those need to start. Not `/etc`, `/opt` or `/usr/local` as
/// a whole: our own settings may lie there.
const SYSTEM: [&str; 21] = [
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/usr/bin",
    "/usr/sbin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/libexec",
    "/usr/share",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/share",
    "/nix/store",
    "/gnu/store",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/ImageMagick-6",
    "/etc/ImageMagick-7",
];

/// What tells programs about the machine and nothing about its users. Not `/proc` as a whole: it
/// holds the environment of our own process, and with it our secrets.
const MACHINE: [&str; 7] = [
    "/dev/urandom",
    "/dev/random",
    "/dev/zero",
    "/sys/devices/system/cpu",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/vm/overcommit_memory",
];

/// Nothing can be reached but what is open already.
pub(crate) fn nothing() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(TESTED))?
        .handle_access(AccessNet::from_all(TESTED))?
        .scope(Scope::from_all(TESTED))?
        .create()
}

/// What a program of somebody else can reach: the system, and what it is given.
pub(crate) fn around(
    program: &Path,
    read: &[PathBuf],
    write: &[PathBuf],
) -> Result<RulesetCreated, RulesetError> {
    let run = AccessFs::Execute | AccessFs::ReadFile | AccessFs::ReadDir;
    let look = AccessFs::ReadFile | AccessFs::ReadDir;
    let change = look
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir;
    nothing()?
        .add_rules(path_beneath_rules(SYSTEM, run))?
        .add_rules(path_beneath_rules(program.parent(), run))?
        .add_rules(path_beneath_rules(MACHINE, look))?
        .add_rules(path_beneath_rules(["/dev/null"], look | AccessFs::WriteFile))?
        .add_rules(path_beneath_rules(read, look))?
        .add_rules(path_beneath_rules(write, change))
}

/// The version of landlock in force, as seen by a thread that fences itself in and ends.
pub(crate) fn version() -> Option<u32> {
    let fenced = thread::spawn(|| nothing()?.restrict_self()).join().ok()?;
    match fenced.ok()?.landlock {
        LandlockStatus::Available { effective_abi, kernel_abi } => {
            Some(kernel_abi.and_then(|abi| u32::try_from(abi).ok()).unwrap_or(effective_abi as u32))
        }
        LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => None,
    }
}
