use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use static_site::Source;
use storage::{Bucket, Publisher, StorageConfig};

use crate::config::Config;

/// A place as it is written on the command line.
pub(super) enum Place {
    Folder(PathBuf),
    /// Credentials and the like are those of the section `storage`.
    Bucket(Box<StorageConfig>),
}

impl Place {
    pub(super) fn parse(config: &Config, text: &str, region: &str) -> Self {
        let is_bucket = ["s3://", "s3a://", "gs://", "az://", "azure://"];
        if !is_bucket.iter().any(|scheme| text.starts_with(scheme)) {
            return Self::Folder(text.into());
        }
        let mut storage = StorageConfig { url: text.to_owned(), ..config.storage.clone() };
        if !region.is_empty() && storage.region.is_empty() && storage.endpoint.is_empty() {
            region.clone_into(&mut storage.region);
        }
        Self::Bucket(Box::new(storage))
    }

    pub(super) fn publisher(&self) -> anyhow::Result<Publisher> {
        Ok(match self {
            Self::Folder(folder) => Publisher::to_folder(folder)?,
            Self::Bucket(storage) => Publisher::to_bucket(storage)?,
        })
    }

    /// A place below this one: `box-1/scans`.
    pub(super) fn below(&self, path: &str) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder.join(path)),
            Self::Bucket(storage) => {
                let url = format!("{}/{path}", storage.url.trim_end_matches('/'));
                Self::Bucket(Box::new(StorageConfig { url, ..*storage.clone() }))
            }
        }
    }

    /// The file that lies here under a path.
    pub(super) fn file(&self, path: &str) -> anyhow::Result<Source> {
        Ok(match self {
            Self::Folder(folder) => Source::File(folder.join(path)),
            Self::Bucket(storage) => {
                Source::Object { bucket: bucket(storage)?, key: path.to_owned() }
            }
        })
    }

    /// Else a second run would take the tiles of the first for images.
    pub(super) fn check_outside(&self, input: &Path) -> anyhow::Result<()> {
        let Self::Folder(target) = self else { return Ok(()) };
        let (Ok(target), Ok(input)) = (target.canonicalize(), input.canonicalize()) else {
            return Ok(());
        };
        ensure!(
            !target.starts_with(&input),
            "the site {} lies in the folder of its images, {}: take another one",
            target.display(),
            input.display()
        );
        Ok(())
    }
}

pub(super) fn bucket(storage: &StorageConfig) -> anyhow::Result<Bucket> {
    Bucket::open(storage, Path::new("")).with_context(|| format!("{} can't be opened", storage.url))
}
