//! The object store: whole objects, ranges of them, and their names.

use std::{
    fmt,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt,
    path::Path as Location,
};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    config::{MIN_PART_BYTES, StorageConfig},
    connect::{self, Place},
    error::Error,
    kept_files::random,
    keys,
};

/// Bytes by key: S3, Google, Azure, a folder, or memory. Cheap to clone.
///
/// A write is whole or absent: nobody ever reads half an object.
#[derive(Clone)]
pub struct Bucket {
    inner: Arc<Inner>,
}

struct Inner {
    place: Place,
    part_bytes: u64,
    /// Told of every key that is written or deleted; dropped when it answers `false`.
    watchers: Mutex<Vec<Watcher>>,
}

type Watcher = Box<dyn Fn(&str) -> bool + Send>;

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    pub bytes: u64,
    pub modified: OffsetDateTime,
    pub etag: Option<String>,
}

impl Meta {
    /// Bytes and entity tag, by which this state of an object is asked for again. A weak tag won't do.
    pub fn state(&self) -> Option<(u64, &str)> {
        let etag = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"))?;
        Some((self.bytes, etag))
    }

    pub(crate) fn of(found: &ObjectMeta) -> Self {
        let modified = OffsetDateTime::from_unix_timestamp(found.last_modified.timestamp());
        Self {
            bytes: found.size,
            modified: modified.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            etag: found.e_tag.clone(),
        }
    }
}

/// An object as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub key: String,
    pub bytes: u64,
    pub modified: OffsetDateTime,
}

/// What an object is, byte for byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    pub bytes: u64,
    pub sha256: [u8; 32],
}

impl Stored {
    /// Its checksum in hexadecimal digits.
    pub fn hex(&self) -> String {
        self.sha256.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Bucket {
    /// The bucket that the settings name; an empty URL is a folder in the data directory.
    pub fn open(config: &StorageConfig, data: &Path) -> Result<Self, Error> {
        Ok(Self::at(connect::connect(config, data)?, config.part_bytes))
    }

    pub fn in_memory() -> Self {
        Self::at(connect::memory(), StorageConfig::default().part_bytes)
    }

    pub fn in_folder(folder: &Path) -> Result<Self, Error> {
        Ok(Self::at(connect::folder(folder)?, StorageConfig::default().part_bytes))
    }

    pub(crate) fn at(place: Place, part_bytes: u64) -> Self {
        let part_bytes = part_bytes.max(MIN_PART_BYTES);
        Self { inner: Arc::new(Inner { place, part_bytes, watchers: Mutex::default() }) }
    }

    pub async fn read(&self, key: &str) -> Result<Bytes, Error> {
        let found = self.get(key, GetOptions::default()).await?;
        found.bytes().await.map_err(|error| Error::from_store(key, error))
    }

    /// Exactly these bytes; an object that is too short for them is an error.
    pub async fn read_range(&self, key: &str, range: Range<u64>) -> Result<Bytes, Error> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let (bytes, _) = self.read_up_to(key, range.clone()).await?;
        if bytes.len() as u64 == range.end - range.start {
            return Ok(bytes);
        }
        Err(Error::TooShort { key: key.to_owned(), end: range.end })
    }

    /// The part of the range that exists, and the size of the whole object.
    pub(crate) async fn read_up_to(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<(Bytes, u64), Error> {
        let bounded = Some(GetRange::Bounded(range.clone()));
        let found = match self.get(key, GetOptions { range: bounded, ..Default::default() }).await {
            Ok(found) => found,
            Err(error) => return Err(self.why_no_range(key, range, error).await),
        };
        let bytes_of = found.meta.size;
        let bytes = found.bytes().await.map_err(|error| Error::from_store(key, error))?;
        Ok((bytes, bytes_of))
    }

    /// Stores say in many ways that a range starts after the end; the size says it in one.
    async fn why_no_range(&self, key: &str, range: Range<u64>, error: Error) -> Error {
        if let Error::Unavailable(_) = error
            && let Ok(Some(meta)) = self.head(key).await
            && meta.bytes <= range.start
        {
            return Error::TooShort { key: key.to_owned(), end: range.end };
        }
        error
    }

    /// The object, or a range of it, as it comes in: for what is too large to hold.
    pub async fn stream(
        &self,
        key: &str,
        range: Option<Range<u64>>,
    ) -> Result<(Meta, BoxStream<'static, Result<Bytes, Error>>), Error> {
        let range = range.map(GetRange::Bounded);
        let found = self.get(key, GetOptions { range, ..Default::default() }).await?;
        let (meta, key) = (Meta::of(&found.meta), key.to_owned());
        let bytes = found.into_stream().map_err(move |error| Error::from_store(&key, error));
        Ok((meta, bytes.boxed()))
    }

    /// Reads an object to its end, to learn what is there; `None` if nothing is.
    pub async fn read_back(&self, key: &str) -> Result<Option<Stored>, Error> {
        let (_, mut parts) = match self.stream(key, None).await {
            Ok(opened) => opened,
            Err(Error::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        while let Some(part) = parts.try_next().await? {
            hash.update(&part);
            bytes += part.len() as u64;
        }
        Ok(Some(Stored { bytes, sha256: hash.finalize().into() }))
    }

    pub async fn head(&self, key: &str) -> Result<Option<Meta>, Error> {
        let location = self.locate(key)?;
        let found = self.store().head(&location).await;
        match found.map_err(|error| Error::from_store(key, error)) {
            Ok(found) => Ok(Some(Meta::of(&found))),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the object; one that is not there is as good as removed.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        let location = self.locate(key)?;
        let deleted = self.store().delete(&location).await;
        self.changed(key);
        match deleted.map_err(|error| Error::from_store(key, error)) {
            Ok(()) | Err(Error::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes everything below the prefix, which ends at a `/` of the keys; says how much it was.
    pub async fn delete_prefix(&self, prefix: &str) -> Result<u64, Error> {
        let objects: Vec<Object> = self.list(prefix).try_collect().await?;
        let locations: Result<Vec<_>, _> =
            objects.iter().map(|object| self.locate(&object.key)).collect();
        let locations = futures_util::stream::iter(locations?.into_iter().map(Ok)).boxed();
        let mut deleted = self.store().delete_stream(locations);
        while let Some(deleted) = deleted.next().await {
            match deleted.map_err(|error| Error::from_store(prefix, error)) {
                Ok(_) | Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        objects.iter().for_each(|object| self.changed(&object.key));
        self.sweep(prefix).await?;
        Ok(objects.len() as u64)
    }

    /// What lies below the prefix, which ends at a `/` of the keys; empty for everything.
    pub fn list(&self, prefix: &str) -> BoxStream<'static, Result<Object, Error>> {
        let below = match prefix {
            "" => Ok(self.inner.place.prefix.clone()),
            prefix => self.locate(prefix),
        };
        let below = match below {
            Ok(below) => below,
            Err(error) => return futures_util::stream::once(async { Err(error) }).boxed(),
        };
        let (bucket, prefix) = (self.clone(), prefix.to_owned());
        let listed = self.store().list(Some(&below));
        let objects = listed.map(move |found| {
            let found = found.map_err(|error| Error::from_store(&prefix, error))?;
            let Meta { bytes, modified, .. } = Meta::of(&found);
            Ok(Object { key: bucket.key_of(&found.location), bytes, modified })
        });
        objects.boxed()
    }

    /// Tries everything that Recto needs, on an object of its own: for `recto doctor`.
    pub async fn check(&self) -> Result<(), Error> {
        let key = keys::trial(random());
        self.put(&key, Bytes::from_static(b"recto")).await?;
        self.read_range(&key, 1..4).await?;
        self.delete(&key).await
    }

    pub(crate) async fn get(&self, key: &str, options: GetOptions) -> Result<GetResult, Error> {
        let location = self.locate(key)?;
        let found = self.store().get_opts(&location, options).await;
        found.map_err(|error| Error::from_store(key, error))
    }

    pub(crate) fn store(&self) -> &dyn ObjectStore {
        &*self.inner.place.store
    }

    pub(crate) fn compares(&self) -> bool {
        self.inner.place.compares
    }

    pub(crate) fn part_bytes(&self) -> u64 {
        self.inner.part_bytes
    }

    pub(crate) fn locate(&self, key: &str) -> Result<Location, Error> {
        let invalid = || Error::InvalidKey(key.to_owned());
        let relative = Location::parse(key).map_err(|_| invalid())?;
        let is_itself = relative.as_ref() == key && !key.is_empty();
        if !is_itself || key.contains(['#', '\\']) {
            return Err(invalid());
        }
        let mut location = self.inner.place.prefix.clone();
        location.extend(relative.parts());
        Ok(location)
    }

    fn key_of(&self, location: &Location) -> String {
        let below = location.prefix_match(&self.inner.place.prefix);
        below.into_iter().flatten().collect::<Location>().into()
    }

    /// Where the key is a file, if keys are files here.
    pub(crate) fn path_in_folder(&self, key: &str) -> Result<Option<PathBuf>, Error> {
        let location = self.locate(key)?;
        Ok(self.inner.place.folder.as_ref().map(|folder| folder.join(location.as_ref())))
    }

    pub(crate) fn is_folder(&self) -> bool {
        self.inner.place.folder.is_some()
    }

    /// Parts of files that a crash left behind are not objects, but they go with their folder.
    async fn sweep(&self, prefix: &str) -> Result<(), Error> {
        let Some(path) = self.path_in_folder(prefix)? else { return Ok(()) };
        let swept = blocking(move || std::fs::remove_dir_all(path)).await?;
        match swept.map_err(|error| Error::from_io(prefix, error)) {
            Ok(()) | Err(Error::NotFound(_)) => Ok(()),
            Err(error) => {
                tracing::warn!(prefix, %error, "an emptied folder was left behind");
                Ok(())
            }
        }
    }

    /// Tells the watcher of every key that this bucket, or a clone of it, writes or deletes.
    pub(crate) fn watch(&self, watcher: impl Fn(&str) -> bool + Send + 'static) {
        self.watchers().push(Box::new(watcher));
    }

    pub(crate) fn changed(&self, key: &str) {
        self.watchers().retain(|is_interested| is_interested(key));
    }

    fn watchers(&self) -> std::sync::MutexGuard<'_, Vec<Watcher>> {
        self.inner.watchers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.inner.place.name)
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.place.name)
    }
}

/// Disk work, off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::interrupted())
}
