//! What is in a site, and how it goes.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::TryStreamExt;

use crate::{
    bucket::blocking,
    error::Error,
    publish::{Place, Publisher, path},
};

impl Publisher {
    /// Deletes the file, and the folders that nothing is left in. Nobody may write meanwhile.
    pub async fn remove(&self, name: &str) -> Result<(), Error> {
        self.delete(name).await?;
        let Place::Folder(folder) = &self.place else { return Ok(()) };
        let (root, path) = (Arc::clone(folder), path(folder, name)?);
        let tidy = move || {
            let above = path.ancestors().skip(1).take_while(|above| *above != root.as_path());
            // One that holds something else can't be removed, nor what it lies in.
            for folder in above {
                match std::fs::remove_dir(folder) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => break,
                    _ => {}
                }
            }
        };
        blocking(tidy).await
    }

    /// The names of the files below a folder; links are not followed.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, Error> {
        match &self.place {
            Place::Bucket(bucket) => {
                bucket.list(prefix).map_ok(|object| object.key).try_collect().await
            }
            Place::Folder(folder) => {
                let (folder, below) = (Arc::clone(folder), path(folder, prefix)?);
                let listed = blocking(move || files_below(&folder, below)).await?;
                listed.map_err(|error| Error::from_io(prefix, error))
            }
        }
    }
}

/// By their names from the root; names that no file of ours has are left out.
fn files_below(root: &Path, below: PathBuf) -> io::Result<Vec<String>> {
    let (mut files, mut folders) = (Vec::new(), vec![below]);
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let (kind, path) = (entry.file_type()?, entry.path());
            if kind.is_dir() {
                folders.push(path);
            } else if let (true, Ok(name)) = (kind.is_file(), path.strip_prefix(root)) {
                files.extend(name.to_str().map(str::to_owned));
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    async fn keeps_the_promises(publisher: &Publisher) {
        let headers = Headers {
            content_type: "image/jpeg",
            cache_control: "no-store",
            is_gzip: false,
            is_document: false,
        };
        for name in ["a/b/c.jpg", "a/d.jpg", "ab.jpg"] {
            publisher.put(name, "bytes".into(), &headers).await.unwrap();
        }
        assert_eq!(publisher.list("a").await.unwrap(), ["a/b/c.jpg", "a/d.jpg"]);
        assert!(publisher.list("b").await.unwrap().is_empty());
        assert!(publisher.list("..").await.is_err());
        for _ in 0..2 {
            publisher.remove("a/b/c.jpg").await.unwrap();
        }
        assert!(publisher.remove("../ab.jpg").await.is_err());
        assert_eq!(publisher.list("a").await.unwrap(), ["a/d.jpg"]);
    }

    #[tokio::test]
    async fn a_bucket_lists_and_removes() {
        keeps_the_promises(&Publisher::in_memory()).await;
    }

    #[tokio::test]
    async fn a_folder_is_tidied_of_what_is_empty_alone() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("site");
        let publisher = Publisher::to_folder(&root).unwrap();
        keeps_the_promises(&publisher).await;
        assert!(!root.join("a/b").exists() && root.join("a").exists());
        publisher.remove("a/d.jpg").await.unwrap();
        publisher.remove("ab.jpg").await.unwrap();
        assert!(!root.join("a").exists() && root.exists(), "the site itself stays");
        std::fs::create_dir(root.join("a")).unwrap();
        std::os::unix::fs::symlink("/etc", root.join("a/etc")).unwrap();
        assert!(publisher.list("a").await.unwrap().is_empty(), "links are not followed");
    }
}
