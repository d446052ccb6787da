use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp,
    SeccompCondition, SeccompFilter, SeccompRule, TargetArch, apply_filter, sock_filter,
};

use super::lists::{COMPUTING, FILES, HOSTILE, NEW_PROCESS, NEW_PROGRAM, RECEIVING};

type Rules = Vec<(i64, Vec<SeccompRule>)>;

/// How long a child works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    ForOneRequest,
    /// It is given further files, through the socket that it has.
    ForMore,
}

/// For this process: it may compute, and use what is open.
pub(crate) fn restrict_to_computing(stay: Stay) -> Result<(), Error> {
    let mut hostile = unconditional(&[HOSTILE, NEW_PROCESS, NEW_PROGRAM]);
    hostile.push((libc::SYS_clone, vec![is_no_thread()?]));
    let files = unconditional(&[FILES]);
    let mut computing = unconditional(&[COMPUTING, FILES]);
    if stay == Stay::ForMore {
        computing.extend(unconditional(&[RECEIVING]));
    }
    computing.extend(conditional()?);

    let kill = filter(hostile, SeccompAction::KillProcess, SeccompAction::Allow)?;
    let refuse = filter(files, errno(libc::EACCES), SeccompAction::Allow)?;
    let allow = filter(computing, SeccompAction::Allow, errno(libc::ENOSYS))?;
    apply_filter(&without_x32(kill))?;
    apply_filter(&refuse)?;
    // The last, as it allows no further filter.
    apply_filter(&allow)
}

/// For a program that is about to start. It may have threads, but no children, and no network.
pub(crate) fn for_programs() -> Result<[BpfProgram; 2], Error> {
    let mut hostile = unconditional(&[HOSTILE, NEW_PROCESS]);
    hostile.push((libc::SYS_clone, vec![is_no_thread()?]));
    // Its flags lie in memory, where no filter can look; C libraries fall back to `clone`.
    let unknown = unconditional(&[&[libc::SYS_clone3]]);
    Ok([
        without_x32(filter(hostile, errno(libc::EPERM), SeccompAction::Allow)?),
        filter(unknown, errno(libc::ENOSYS), SeccompAction::Allow)?,
    ])
}

fn filter(
    rules: Rules,
    on_match: SeccompAction,
    otherwise: SeccompAction,
) -> Result<BpfProgram, BackendError> {
    let machine = TargetArch::try_from(std::env::consts::ARCH)?;
    SeccompFilter::new(rules.into_iter().collect(), otherwise, on_match, machine)?.try_into()
}

fn unconditional(lists: &[&[i64]]) -> Rules {
    lists.iter().flat_map(|list| list.iter()).map(|call| (*call, Vec::new())).collect()
}

/// Calls that are harmless with the right arguments only.
fn conditional() -> Result<Rules, BackendError> {
    let no_code = || masked(2, libc::PROT_EXEC as u64, 0);
    let by_file = |flags| masked(flags, libc::AT_EMPTY_PATH as u64, libc::AT_EMPTY_PATH as u64);
    let us = u64::from(std::process::id());
    let harmless_fcntl =
        [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_DUPFD, libc::F_DUPFD_CLOEXEC];
    let harmless_fcntl: Result<_, _> =
        harmless_fcntl.iter().map(|command| rule(1, SeccompCmpOp::Eq, *command as u64)).collect();
    Ok(vec![
        (libc::SYS_mmap, vec![no_code()?]),
        (libc::SYS_mprotect, vec![no_code()?]),
        (libc::SYS_statx, vec![by_file(2)?]),
        (libc::SYS_newfstatat, vec![by_file(3)?]),
        (libc::SYS_fcntl, harmless_fcntl?),
        (libc::SYS_tgkill, vec![rule(0, SeccompCmpOp::Eq, us)?]),
        (libc::SYS_prctl, vec![rule(0, SeccompCmpOp::Eq, libc::PR_SET_NAME as u64)?]),
        (libc::SYS_prlimit64, vec![wide_rule(2, SeccompCmpOp::Eq, 0)?]),
        (libc::SYS_clone, vec![masked(0, libc::CLONE_THREAD as u64, libc::CLONE_THREAD as u64)?]),
    ])
}

fn is_no_thread() -> Result<SeccompRule, BackendError> {
    masked(0, libc::CLONE_THREAD as u64, 0)
}

fn masked(argument: u8, mask: u64, value: u64) -> Result<SeccompRule, BackendError> {
    rule(argument, SeccompCmpOp::MaskedEq(mask), value)
}

fn rule(argument: u8, is: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Dword, is, value)?;
    SeccompRule::new(vec![condition])
}

fn wide_rule(argument: u8, is: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, is, value)?;
    SeccompRule::new(vec![condition])
}

fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

/// x86-64 kernels may know every call by a second number, which a list of forbidden ones misses.
fn without_x32(program: BpfProgram) -> BpfProgram {
    if cfg!(not(target_arch = "x86_64")) {
        return program;
    }
    const LOAD_NUMBER: sock_filter = sock_filter { code: 0x20, jt: 0, jf: 0, k: 0 };
    const IF_X32: sock_filter = sock_filter { code: 0x35, jt: 0, jf: 1, k: 0x4000_0000 };
    const KILL: sock_filter = sock_filter { code: 0x06, jt: 0, jf: 0, k: 0x8000_0000 };
    [LOAD_NUMBER, IF_X32, KILL].into_iter().chain(program).collect()
}
