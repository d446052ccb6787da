use std::{fmt, fs};

use crate::fence;

/// What the kernel offers to wall a child in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walls {
    /// The version of landlock (file system, network, signals); `None` where the kernel has none.
    pub landlock: Option<u32>,
    /// Whether system calls can be filtered. Where they cannot, no child starts to work.
    pub seccomp: bool,
}

/// Looks at the running kernel.
pub fn walls() -> Walls {
    let actions = fs::read_to_string("/proc/sys/kernel/seccomp/actions_avail");
    Walls {
        landlock: fence::version(),
        seccomp: actions.is_ok_and(|actions| actions.contains("kill_process")),
    }
}

impl fmt::Display for Walls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.landlock {
            Some(version) => write!(f, "landlock {version}")?,
            None => f.write_str("no landlock (Linux 5.13 with lsm=landlock has it)")?,
        }
        f.write_str(if self.seccomp { ", seccomp" } else { ", no seccomp (needed)" })
    }
}

/// Tells the log once what is missing.
pub(crate) fn warn_of_gaps() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let walls = walls();
        if walls.landlock.is_none() || !walls.seccomp {
            tracing::warn!(%walls, "the kernel lacks walls for work on untrusted files");
        }
    });
}
