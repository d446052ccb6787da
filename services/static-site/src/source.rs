use std::{
    fs::File,
    io::{Seek, Write},
    path::PathBuf,
    time::UNIX_EPOCH,
};

use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use storage::Bucket;
use url::Url;
use web::Reader;

use crate::Error;

/// Where an image comes from.
#[derive(Debug, Clone)]
pub enum Source {
    File(PathBuf),
    Object { bucket: Bucket, key: String },
    Web { reader: Reader, address: Url },
}

/// What tells whether a source is still the one that was cut, without reading it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    bytes: u64,
    /// The time of the last change of a file, or the ETag of an object.
    stamp: String,
}

impl Source {
    pub(crate) async fn version(&self) -> Result<Version, Error> {
        match self {
            Self::File(path) => {
                let facts = tokio::fs::metadata(path).await;
                let facts = facts.map_err(|error| Error::source(path.display(), error))?;
                if !facts.is_file() {
                    return Err(Error::Image(format!("{} is no file", path.display())));
                }
                let modified =
                    facts.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
                let stamp = modified.map(|at| format!("{}.{:09}", at.as_secs(), at.subsec_nanos()));
                Ok(Version { bytes: facts.len(), stamp: stamp.unwrap_or_default() })
            }
            Self::Object { bucket, key } => {
                match bucket.head(key).await.map_err(|e| self.away(&e))? {
                    Some(meta) => {
                        let stamp = meta.etag.unwrap_or_else(|| meta.modified.to_string());
                        Ok(Version { bytes: meta.bytes, stamp })
                    }
                    None => Err(Error::Image(format!("{self} is not there"))),
                }
            }
            Self::Web { reader, address } => {
                let stamp = reader.stamp(address).await.map_err(Error::not_read)?;
                Ok(Version {
                    bytes: stamp.bytes.unwrap_or_default(),
                    stamp: stamp.text.unwrap_or_default(),
                })
            }
        }
    }

    /// The source as a file: an object is copied into one without a name.
    pub(crate) async fn open(&self) -> Result<File, Error> {
        let unreadable = |error| Error::source(self, error);
        match self {
            Self::File(path) => {
                let path = path.clone();
                let opened = tokio::task::spawn_blocking(move || File::open(path)).await;
                opened.map_err(|error| unreadable(error.into()))?.map_err(unreadable)
            }
            Self::Object { bucket, key } => {
                let (_, mut bytes) = bucket.stream(key, None).await.map_err(|e| self.away(&e))?;
                let mut file = tempfile::tempfile().map_err(unreadable)?;
                while let Some(part) = bytes.try_next().await.map_err(|e| self.away(&e))? {
                    let written =
                        tokio::task::spawn_blocking(move || file.write_all(&part).map(|()| file));
                    let written = written.await.map_err(|error| unreadable(error.into()))?;
                    file = written.map_err(unreadable)?;
                }
                file.rewind().map_err(unreadable)?;
                Ok(file)
            }
            Self::Web { reader, address } => {
                let mut file = tempfile::tempfile().map_err(unreadable)?;
                reader.copy(address, &mut file).await.map_err(Error::not_read)?;
                file.rewind().map_err(unreadable)?;
                Ok(file)
            }
        }
    }

    /// An origin that fails is told as a fault of the image: others may be there.
    fn away(&self, error: &storage::Error) -> Error {
        Error::Image(format!("{self} can't be read: {error}"))
    }

    /// All of it: for small files, such as tables.
    pub async fn read(&self) -> Result<Vec<u8>, Error> {
        const LARGEST: u64 = 256 * 1024 * 1024;
        let bytes = self.version().await?.bytes;
        if bytes > LARGEST {
            return Err(Error::Input(format!("{self} has {bytes} bytes: too many for a table")));
        }
        match self {
            Self::File(path) => {
                tokio::fs::read(path).await.map_err(|error| Error::source(path.display(), error))
            }
            Self::Object { bucket, key } => Ok(bucket.read(key).await?.to_vec()),
            Self::Web { reader, address } => {
                let read = reader.read(address, "*/*", LARGEST as usize).await;
                Ok(read.map_err(Error::not_read)?.to_vec())
            }
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Object { bucket, key } => write!(f, "{bucket}/{key}"),
            Self::Web { address, .. } => write!(f, "{address}"),
        }
    }
}
