//! Files in the making.
//!
//! Each process has a folder of its own below `scratch`, held by a lock; what dead processes left is removed at the next
//! start. Each job has a folder in it that goes with the job.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;

/// This process's folder for files in the making; removed when the last clone goes.
#[derive(Clone)]
pub(crate) struct Scratch(Arc<Folder>);

struct Folder {
    path: PathBuf,
    _lock: File,
}

const LOCK: &str = "lock";

impl Scratch {
    pub(crate) fn open(root: &Path, worker: &str) -> anyhow::Result<Self> {
        let path = root.join(worker);
        std::fs::create_dir_all(&path)
            .with_context(|| format!("the scratch folder {} can't be made", path.display()))?;
        let lock = File::create(path.join(LOCK))?;
        lock.lock()?;
        remove_orphans(root)?;
        Ok(Self(Arc::new(Folder { path, _lock: lock })))
    }

    /// A folder for one job, which goes with the answer.
    pub(crate) fn for_job(&self) -> std::io::Result<tempfile::TempDir> {
        tempfile::tempdir_in(&self.0.path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "scratch files were left behind");
        }
    }
}

/// Removes the folders whose process is gone.
fn remove_orphans(root: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        let Ok(lock) = File::open(path.join(LOCK)) else { continue };
        match lock.try_lock() {
            Ok(()) => {
                tracing::info!(path = %path.display(), "removing what a dead process left");
                remove_orphan(&path)?;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The lock goes last: without it nobody would finish what is broken off here.
fn remove_orphan(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != LOCK {
            std::fs::remove_file(entry.path())?;
        }
    }
    std::fs::remove_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_left_is_removed_and_the_living_are_let_alone() {
        let root = tempfile::tempdir().unwrap();
        let dead = root.path().join("dead");
        std::fs::create_dir(&dead).unwrap();
        std::fs::write(dead.join(LOCK), "").unwrap();
        std::fs::write(dead.join("half a pyramid"), "x").unwrap();
        std::fs::create_dir(dead.join("job")).unwrap();
        let living = Scratch::open(root.path(), "living").unwrap();
        assert!(!dead.exists());

        let mine = Scratch::open(root.path(), "mine").unwrap();
        assert!(living.for_job().unwrap().path().exists());
        drop(mine);
        assert!(!root.path().join("mine").exists());
        assert!(root.path().join("living").exists());
    }

    #[test]
    fn a_jobs_files_go_with_the_job() {
        let root = tempfile::tempdir().unwrap();
        let scratch = Scratch::open(root.path(), "w").unwrap();
        let job = scratch.for_job().unwrap();
        let path = job.path().to_owned();
        std::fs::write(path.join("pyramid"), "x").unwrap();
        drop(job);
        assert!(!path.exists());
    }
}
