//! Open files that a child would inherit by accident: those that we inherited ourselves, from a
//! shell or `make`, and those that a C library opened without care.

#![expect(unsafe_code, reason = "closing by number is what it is about")]

use std::{io, os::raw::c_uint};

const FIRST: c_uint = 3;

/// For a process that has opened nothing yet: closes what is not a standard stream.
pub(crate) fn close_inherited() -> io::Result<()> {
    // SAFETY: nothing in this process owns any of them, as it has just started.
    unsafe { close_range(0) }
}

/// Between fork and exec: nothing but the standard streams survives the exec.
pub(crate) fn close_at_exec() -> io::Result<()> {
    // SAFETY: they stay open and owned; only the flag is set.
    unsafe { close_range(libc::CLOSE_RANGE_CLOEXEC) }
}

unsafe fn close_range(flags: c_uint) -> io::Result<()> {
    // SAFETY: as our callers say; the call itself takes numbers only.
    let result = unsafe { libc::syscall(libc::SYS_close_range, FIRST, c_uint::MAX, flags) };
    match io::Error::last_os_error() {
        _ if result == 0 => Ok(()),
        // Linux before 5.9, where we rely on everybody's care.
        error if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL)) => Ok(()),
        error => Err(error),
    }
}
