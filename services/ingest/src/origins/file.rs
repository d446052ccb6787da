use std::{
    fs::{File, OpenOptions},
    os::{fd::AsRawFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
};

use url::Url;

use super::{FetchError, Fetched};

/// Opens a `file://` origin in place, if it lies in one of the folders that the operator allows.
pub(crate) fn open_file(
    origin: &str,
    allowed: &[PathBuf],
    max_bytes: u64,
) -> Result<Fetched, FetchError> {
    let refused = |reason: String| Err(FetchError::Refused(reason));
    let path = Url::parse(origin).ok().and_then(|url| url.to_file_path().ok());
    let Some(path) = path else {
        return refused(format!("{origin} is not the address of a local file"));
    };
    let fetched = open_path(&path, allowed).map_err(|error| {
        FetchError::Refused(match error {
            NotOpened::Outside => {
                format!("{origin} is not in a folder that file origins may be read from")
            }
            NotOpened::NotAFile => format!("{origin} is not a file"),
            NotOpened::Unreadable(error) => format!("{origin} can't be read: {error}"),
        })
    })?;
    if fetched.bytes > max_bytes {
        return refused(format!("{origin} is larger than the limit of {max_bytes} bytes"));
    }
    Ok(fetched)
}

/// Why a path was not opened.
#[derive(Debug)]
pub(crate) enum NotOpened {
    /// Whether it exists is told only of what lies in an allowed folder.
    Outside,
    NotAFile,
    Unreadable(std::io::Error),
}

/// Opens a file in place, if it lies in one of the folders, after all symbolic links.
pub(crate) fn open_path(path: &Path, allowed: &[PathBuf]) -> Result<Fetched, NotOpened> {
    let file = open_without_blocking(path).map_err(|error| match is_allowed(path, allowed) {
        true => NotOpened::Unreadable(error),
        false => NotOpened::Outside,
    })?;
    let real_path = path_of(&file).map_err(|_| NotOpened::Outside)?;
    if !is_allowed(&real_path, allowed) {
        return Err(NotOpened::Outside);
    }
    let metadata = file.metadata().map_err(NotOpened::Unreadable)?;
    match metadata.is_file() {
        true => Ok(Fetched { file, path: real_path, bytes: metadata.len() }),
        false => Err(NotOpened::NotAFile),
    }
}

/// A pipe would block for ever; a file does not mind the flag.
fn open_without_blocking(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)
}

const O_NONBLOCK: i32 = 0o4000;

/// The path that was really opened, after all symbolic links: asked of the open file, so that nobody can swap it.
pub(crate) fn path_of(file: &File) -> std::io::Result<PathBuf> {
    std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn is_allowed(path: &Path, allowed: &[PathBuf]) -> bool {
    let lies_in =
        |folder: &PathBuf| folder.canonicalize().is_ok_and(|folder| path.starts_with(folder));
    !path.components().any(|part| part.as_os_str() == "..") && allowed.iter().any(lies_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u64 = 1000;

    fn origin(path: &Path) -> String {
        Url::from_file_path(path).unwrap().to_string()
    }

    #[test]
    fn a_file_in_an_allowed_folder_is_opened_in_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("page 1.tif");
        std::fs::write(&path, "pixels").unwrap();
        let fetched = open_file(&origin(&path), &[folder.path().to_owned()], LIMIT).unwrap();
        assert_eq!(fetched.bytes, 6);
    }

    #[test]
    fn nothing_outside_of_the_allowed_folders_is_opened() {
        let allowed = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("secret"), "x").unwrap();
        std::os::unix::fs::symlink(other.path().join("secret"), allowed.path().join("link"))
            .unwrap();
        let folder = allowed.path().to_str().unwrap();
        for origin in [
            origin(&other.path().join("secret")),
            origin(&other.path().join("missing")),
            origin(&allowed.path().join("link")),
            format!("file://{folder}/../{}/secret", other.path().file_name().unwrap().display()),
            format!(
                "file://{folder}/%2e%2e/{}/secret",
                other.path().file_name().unwrap().display()
            ),
            "file:///etc/passwd".to_owned(),
        ] {
            let error = open_file(&origin, &[allowed.path().to_owned()], LIMIT).unwrap_err();
            assert!(error.to_string().contains("not in a folder"), "{origin}: {error}");
        }
    }

    #[test]
    fn what_is_no_plain_file_of_fair_size_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let allowed = [folder.path().to_owned()];
        std::fs::write(folder.path().join("big"), vec![0; 2000]).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            folder.path().join("pipe"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
        for (name, reason) in [
            ("big", "larger than"),
            ("pipe", "not a file"),
            ("", "not a file"),
            ("gone", "can't be read"),
        ] {
            let error = open_file(&origin(&folder.path().join(name)), &allowed, LIMIT).unwrap_err();
            assert!(error.to_string().contains(reason), "{name}: {error}");
        }
    }

    #[test]
    fn with_no_folder_allowed_nothing_is_read() {
        assert!(open_file("file:///etc/hostname", &[], LIMIT).is_err());
    }
}
