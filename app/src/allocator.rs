//! Who gives out memory, and when it is given back. glibc's allocator keeps what its threads freed, but tiles come and go on
//! many threads.

#![expect(unsafe_code, reason = "mimalloc has no other way to set an option")]

use std::ffi::{c_int, c_long};

use libmimalloc_sys::mi_option_set_default;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// `mi_option_purge_delay` in `mimalloc.h`.
const PURGE_DELAY: c_int = 15;
/// A second is its own choice: many drawings' memory.
const MILLISECONDS: c_long = 10;

/// Has what was freed given back soon, unless `MIMALLOC_PURGE_DELAY` says when.
pub(crate) fn give_back_soon() {
    // SAFETY: it sets a number, and passes over options that it does not know.
    unsafe { mi_option_set_default(PURGE_DELAY, MILLISECONDS) }
}
