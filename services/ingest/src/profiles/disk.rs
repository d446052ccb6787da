use std::{
    io::ErrorKind,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use time::OffsetDateTime;

use super::source::{Original, Unseen, last_part, version_of};
use crate::origins::{NotOpened, open_path};

/// A folder whose files are shown where they lie. No name leads out of it.
pub(super) struct Disk {
    folder: PathBuf,
}

impl Disk {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The file of that name as it is now.
    pub(super) async fn open(&self, name: &str) -> Result<Original, Unseen> {
        let (folder, name) = (self.folder.clone(), name.to_owned());
        let opened = tokio::task::spawn_blocking(move || open(&folder, &name));
        opened.await.unwrap_or_else(|_| Err(Unseen::Unavailable("the disk gave up".to_owned())))
    }
}

fn open(folder: &Path, name: &str) -> Result<Original, Unseen> {
    let opened = open_path(&folder.join(name), &[folder.to_owned()]);
    let opened = opened.map_err(|error| match error {
        NotOpened::Outside | NotOpened::NotAFile => Unseen::Gone,
        NotOpened::Unreadable(error) if is_no_file(&error) => Unseen::Gone,
        NotOpened::Unreadable(error) => {
            Unseen::Unavailable(format!("the image {name} can't be read: {error}"))
        }
    })?;
    let found = opened.file.metadata();
    let found = found.map_err(|error| Unseen::Unavailable(format!("{name}: {error}")))?;
    let state =
        [found.dev(), found.ino(), found.size(), found.mtime() as u64, found.mtime_nsec() as u64];
    let state: Vec<u8> = state.iter().flat_map(|number| number.to_le_bytes()).collect();
    let modified = OffsetDateTime::from_unix_timestamp(found.mtime());
    Ok(Original {
        version: version_of(&state),
        file: opened.file,
        path: opened.path,
        bytes: opened.bytes,
        modified: modified.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        file_name: last_part(name),
    })
}

/// A symbolic link that leads to itself.
const ELOOP: i32 = 40;

/// Nothing there, or something that no name should lead to.
fn is_no_file(error: &std::io::Error) -> bool {
    let is_no_file = matches!(
        error.kind(),
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::IsADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::InvalidInput
    );
    is_no_file || error.raw_os_error() == Some(ELOOP)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[tokio::test]
    async fn names_lead_to_files_of_the_folder_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("images");
        std::fs::create_dir_all(folder.join("box 1")).unwrap();
        std::fs::write(folder.join("a.jpg"), "a").unwrap();
        std::fs::write(folder.join("box 1/b:c.jpg"), "b").unwrap();
        std::fs::write(root.path().join("secret"), "s").unwrap();
        symlink(root.path().join("secret"), folder.join("link")).unwrap();
        symlink(root.path(), folder.join("up")).unwrap();
        symlink("a.jpg", folder.join("alias")).unwrap();
        symlink("loop", folder.join("loop")).unwrap();
        let disk = Disk::new(&folder);
        for name in ["a.jpg", "box 1/b:c.jpg", "alias"] {
            assert_eq!(disk.open(name).await.unwrap_or_else(|_| panic!("{name}")).bytes, 1);
        }
        let absolute = root.path().join("secret").display().to_string();
        for name in [
            "../secret",
            "box 1/../../secret",
            "link",
            "up/secret",
            "up/images/../secret",
            "loop",
            "box 1",
            "gone",
            "a.jpg/b",
            "nul\0byte",
            &"x".repeat(300),
            &absolute,
        ] {
            let opened = disk.open(name).await;
            assert!(matches!(opened, Err(Unseen::Gone)), "{name}");
        }
    }

    #[tokio::test]
    async fn every_state_of_a_file_has_a_version_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        let disk = Disk::new(folder.path());
        std::fs::write(&path, "one").unwrap();
        let first = disk.open("a.jpg").await.map_err(|_| "gone").unwrap().version;
        assert_eq!(disk.open("a.jpg").await.map_err(|_| "gone").unwrap().version, first);
        std::fs::write(&path, "other").unwrap();
        assert_ne!(disk.open("a.jpg").await.map_err(|_| "gone").unwrap().version, first);
    }
}
