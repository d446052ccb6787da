//! Writing for readers who come without us: a folder that any web server shows, or objects that carry their headers.
//!
//! Nothing is synced or renamed here: thousands of tiles are written for one image, and whoever writes them notes at
//! the end that all of them are there. Documents, which are replaced while they are read, are whole or absent.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use object_store::{Attribute, Attributes, PutMultipartOptions, PutOptions, WriteMultipart};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    bucket::{Bucket, blocking},
    config::StorageConfig,
    error::Error,
};

/// A folder or a bucket that becomes a site. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Publisher {
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum Place {
    Folder(Arc<PathBuf>),
    Bucket(Bucket),
}

/// What a web server would say of a file. A folder has no room for it: there the server's own rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers {
    pub content_type: &'static str,
    pub cache_control: &'static str,
    /// The bytes are a gzip of what they stand for.
    pub is_gzip: bool,
    /// It may be read while it is replaced.
    pub is_document: bool,
}

/// What tells later whether a file is still what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub bytes: u64,
    /// The ETag of an object, or the start of a file's SHA-256.
    pub check: String,
}

/// An upload that is larger than this goes in parts.
const PART_BYTES: usize = 8 * 1024 * 1024;
const PARTS_AT_ONCE: usize = 2;
const CHECK_BYTES: usize = 16;

impl Publisher {
    pub fn to_folder(folder: &Path) -> Result<Self, Error> {
        let made = std::fs::create_dir_all(folder).and_then(|()| folder.canonicalize());
        let folder = made.map_err(|error| Error::Settings {
            reason: format!("the folder {} cannot be made", folder.display()),
            source: Some(Arc::new(error)),
        })?;
        Ok(Self { place: Place::Folder(Arc::new(folder)) })
    }

    /// The bucket, and the prefix in it, that the settings name.
    pub fn to_bucket(config: &StorageConfig) -> Result<Self, Error> {
        Ok(Self { place: Place::Bucket(Bucket::open(config, Path::new(""))?) })
    }

    pub fn in_memory() -> Self {
        Self { place: Place::Bucket(Bucket::in_memory()) }
    }

    /// Whether readers are given the headers that are written.
    pub fn keeps_headers(&self) -> bool {
        matches!(self.place, Place::Bucket(_))
    }

    pub async fn put(&self, name: &str, bytes: Bytes, headers: &Headers) -> Result<Mark, Error> {
        match &self.place {
            Place::Folder(folder) => {
                let (path, named) = (path(folder, name)?, name.to_owned());
                let is_document = headers.is_document;
                let written = blocking(move || write(&path, &bytes, is_document)).await?;
                written.map_err(|error| Error::from_io(&named, error))
            }
            Place::Bucket(bucket) => {
                let options =
                    PutOptions { attributes: attributes(headers), ..PutOptions::default() };
                let length = bytes.len() as u64;
                let location = bucket.locate(name)?;
                let put = bucket.store().put_opts(&location, bytes.into(), options).await;
                let put = put.map_err(|error| Error::from_store(name, error))?;
                Ok(Mark { bytes: length, check: put.e_tag.unwrap_or_default() })
            }
        }
    }

    /// Begins a file whose end is not known.
    pub async fn begin(&self, name: &str, headers: &Headers) -> Result<Growing, Error> {
        let to = match &self.place {
            Place::Folder(folder) => {
                let path = path(folder, name)?;
                let file = blocking(move || create(&path)).await?;
                To::File(file.map_err(|error| Error::from_io(name, error))?, Sha256::new())
            }
            Place::Bucket(bucket) => To::Object {
                bucket: bucket.clone(),
                headers: *headers,
                waiting: Vec::new(),
                parts: None,
            },
        };
        Ok(Growing { publisher: self.clone(), name: name.to_owned(), bytes: 0, to })
    }

    pub async fn read(&self, name: &str) -> Result<Option<Bytes>, Error> {
        let read = match &self.place {
            Place::Bucket(bucket) => bucket.read(name).await,
            Place::Folder(folder) => {
                let path = path(folder, name)?;
                let read = blocking(move || std::fs::read(path)).await?;
                read.map(Bytes::from).map_err(|error| Error::from_io(name, error))
            }
        };
        match read {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        match &self.place {
            Place::Bucket(bucket) => bucket.delete(name).await,
            Place::Folder(folder) => {
                let path = path(folder, name)?;
                match blocking(move || std::fs::remove_file(path)).await? {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        Err(Error::from_io(name, error))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// Whether the file is what it was when it was marked. A folder's is read, an object is asked for its ETag.
    pub async fn is_intact(&self, name: &str, mark: &Mark) -> Result<bool, Error> {
        let found = match &self.place {
            Place::Bucket(bucket) => bucket
                .head(name)
                .await?
                .map(|meta| Mark { bytes: meta.bytes, check: meta.etag.unwrap_or_default() }),
            Place::Folder(folder) => {
                let path = path(folder, name)?;
                match blocking(move || mark_of(&path)).await? {
                    Ok(mark) => Some(mark),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => return Err(Error::from_io(name, error)),
                }
            }
        };
        Ok(found.as_ref() == Some(mark))
    }
}

/// A file under construction. It is there once it is finished.
pub struct Growing {
    publisher: Publisher,
    name: String,
    bytes: u64,
    to: To,
}

enum To {
    File(File, Sha256),
    Object { bucket: Bucket, headers: Headers, waiting: Vec<u8>, parts: Option<WriteMultipart> },
}

impl Growing {
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        match &mut self.to {
            To::File(file, hash) => {
                hash.update(&bytes);
                let mut file =
                    file.try_clone().map_err(|error| Error::from_io(&self.name, error))?;
                let written = blocking(move || file.write_all(&bytes)).await?;
                written.map_err(|error| Error::from_io(&self.name, error))
            }
            To::Object { bucket, headers, waiting, parts } => {
                waiting.extend_from_slice(&bytes);
                if waiting.len() < PART_BYTES {
                    return Ok(());
                }
                let failed = |error| Error::from_store(&self.name, error);
                if parts.is_none() {
                    let options = PutMultipartOptions {
                        attributes: attributes(headers),
                        ..PutMultipartOptions::default()
                    };
                    let location = bucket.locate(&self.name)?;
                    let upload = bucket.store().put_multipart_opts(&location, options).await;
                    let upload = upload.map_err(failed)?;
                    *parts = Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES));
                }
                let Some(write) = parts else { return Ok(()) };
                write.wait_for_capacity(PARTS_AT_ONCE).await.map_err(failed)?;
                write.put(std::mem::take(waiting).into());
                Ok(())
            }
        }
    }

    pub async fn finish(self) -> Result<Mark, Error> {
        let failed = |error| Error::from_store(&self.name, error);
        match self.to {
            To::File(_, hash) => Ok(Mark { bytes: self.bytes, check: check(&hash.finalize()) }),
            To::Object { headers, waiting, parts: None, .. } => {
                self.publisher.put(&self.name, waiting.into(), &headers).await
            }
            To::Object { waiting, parts: Some(mut write), .. } => {
                write.put(waiting.into());
                let put = write.finish().await.map_err(failed)?;
                Ok(Mark { bytes: self.bytes, check: put.e_tag.unwrap_or_default() })
            }
        }
    }
}

fn attributes(headers: &Headers) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.insert(Attribute::ContentType, headers.content_type.into());
    attributes.insert(Attribute::CacheControl, headers.cache_control.into());
    if headers.is_gzip {
        attributes.insert(Attribute::ContentEncoding, "gzip".into());
    }
    attributes
}

/// Names are relative, and stay in the folder.
pub(crate) fn path(folder: &Path, name: &str) -> Result<PathBuf, Error> {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..") && !part.contains('\0');
    match name.split('/').all(is_plain) {
        true => Ok(folder.join(name)),
        false => Err(Error::InvalidKey(name.to_owned())),
    }
}

fn write(path: &Path, bytes: &[u8], is_document: bool) -> io::Result<Mark> {
    if is_document {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
        std::fs::create_dir_all(folder)?;
        let mut beside = path.file_name().unwrap_or_default().to_owned();
        beside.push(".new");
        let beside = folder.join(beside);
        File::create(&beside)?.write_all(bytes)?;
        std::fs::rename(&beside, path)?;
    } else {
        create(path)?.write_all(bytes)?;
    }
    Ok(Mark { bytes: bytes.len() as u64, check: check(&Sha256::digest(bytes)) })
}

/// Folders are made when they are missed, which is cheaper than to look for them.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
            options.open(path)
        }
        opened => opened,
    }
}

fn mark_of(path: &Path) -> io::Result<Mark> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let (mut buffer, mut bytes) = (vec![0; 256 * 1024], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Mark { bytes, check: check(&hash.finalize()) }),
            read => {
                hash.update(&buffer[..read]);
                bytes += read as u64;
            }
        }
    }
}

fn check(sha256: &[u8]) -> String {
    sha256.iter().take(CHECK_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TILE: Headers = Headers {
        content_type: "image/jpeg",
        cache_control: "max-age=60",
        is_gzip: false,
        is_document: false,
    };

    async fn keeps_the_promises(publisher: Publisher) {
        let name = "a/0,0,512,512/512,512/0/default.jpg";
        for document in [false, true] {
            let headers = Headers { is_document: document, ..TILE };
            let mark = publisher.put(name, Bytes::from_static(b"tile"), &headers).await.unwrap();
            assert!(publisher.is_intact(name, &mark).await.unwrap());
            let other = publisher.put(name, Bytes::from_static(b"tilt"), &headers).await.unwrap();
            assert_ne!(mark, other);
            assert!(!publisher.is_intact(name, &mark).await.unwrap());
            assert_eq!(publisher.read(name).await.unwrap().unwrap(), "tilt");
        }
        let mut growing = publisher.begin("a/whole.jpg", &TILE).await.unwrap();
        let part = Bytes::from(vec![7; PART_BYTES / 2 + 1]);
        for _ in 0..5 {
            growing.write(part.clone()).await.unwrap();
        }
        let mark = growing.finish().await.unwrap();
        assert_eq!(mark.bytes, 5 * part.len() as u64);
        assert!(publisher.is_intact("a/whole.jpg", &mark).await.unwrap());
        publisher.delete("a/whole.jpg").await.unwrap();
        publisher.delete("a/whole.jpg").await.unwrap();
        assert!(!publisher.is_intact("a/whole.jpg", &mark).await.unwrap());
        assert_eq!(publisher.read("a/whole.jpg").await.unwrap(), None);
        for outside in ["../a", "/a", "a//b", "a/../../b", ""] {
            assert!(publisher.put(outside, Bytes::new(), &TILE).await.is_err(), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_folder_keeps_the_promises() {
        let folder = tempfile::tempdir().unwrap();
        keeps_the_promises(Publisher::to_folder(&folder.path().join("site")).unwrap()).await;
    }

    #[tokio::test]
    async fn memory_keeps_the_promises() {
        keeps_the_promises(Publisher::in_memory()).await;
    }
}
