//! Writing objects: whole or absent, hashed on the way.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use object_store::{ObjectStoreExt, WriteMultipart, path::Path as Location};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use crate::{
    bucket::{Bucket, Stored, blocking},
    error::Error,
};

/// Parts of one file that are under way at the same time; each is held in memory.
const PARTS_AT_ONCE: usize = 4;
/// S3 takes 10,000 parts of one object; larger files get larger parts.
const MAX_PARTS: u64 = 9_000;

impl Bucket {
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<Stored, Error> {
        let location = self.locate(key)?;
        let stored = Stored { bytes: bytes.len() as u64, sha256: Sha256::digest(&bytes).into() };
        let put = self.store().put(&location, bytes.into()).await;
        self.changed(key);
        put.map_err(|error| Error::from_store(key, error))?;
        self.compare(key, stored).await?;
        Ok(stored)
    }

    /// Asks for the size of what was just written, where the store was not told what to expect.
    async fn compare(&self, key: &str, stored: Stored) -> Result<(), Error> {
        if self.compares() {
            return Ok(());
        }
        match self.head(key).await? {
            Some(found) if found.bytes == stored.bytes => Ok(()),
            found => {
                let found = found.map_or(0, |found| found.bytes);
                Err(Error::Torn { key: key.to_owned(), bytes: stored.bytes, found })
            }
        }
    }

    /// Takes the file: moved where that is possible, else uploaded and removed.
    pub async fn put_file(&self, key: &str, path: &Path) -> Result<Stored, Error> {
        let location = self.locate(key)?;
        let stored = match self.path_in_folder(key)? {
            Some(place) => match self.adopt(path, place).await? {
                Some(stored) => stored,
                None => self.upload(key, &location, path).await?,
            },
            None => self.upload(key, &location, path).await?,
        };
        self.changed(key);
        Ok(stored)
    }

    /// Moves the file into the folder; `None` when it lies on another disk.
    async fn adopt(&self, path: &Path, place: PathBuf) -> Result<Option<Stored>, Error> {
        let source = path.to_path_buf();
        let read = blocking(move || hash_and_sync(&source)).await?;
        let stored = read.map_err(|error| unreadable(path, error))?;
        let source = path.to_path_buf();
        match blocking(move || move_into(&source, &place)).await? {
            Ok(()) => Ok(Some(stored)),
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unreadable(path, error)),
            Err(error) => Err(Error::from_io(&path.to_string_lossy(), error)),
        }
    }

    async fn upload(&self, key: &str, location: &Location, path: &Path) -> Result<Stored, Error> {
        let reader = PartReader::open(path, self.part_bytes())?;
        let stored = if reader.is_one_part() {
            let (_, bytes) = reader.next().await.map_err(|error| unreadable(path, error))?;
            self.put(key, bytes).await?
        } else {
            self.upload_parts(key, location, reader, path).await?
        };
        let source = path.to_path_buf();
        if let Err(error) = blocking(move || std::fs::remove_file(source)).await? {
            tracing::warn!(path = %path.display(), %error, "an uploaded file was left behind");
        }
        Ok(stored)
    }

    async fn upload_parts(
        &self,
        key: &str,
        location: &Location,
        mut reader: PartReader,
        path: &Path,
    ) -> Result<Stored, Error> {
        let failed = |error| Error::from_store(key, error);
        let upload = self.store().put_multipart(location).await.map_err(failed)?;
        let write = WriteMultipart::new_with_chunk_size(upload, reader.part_bytes);
        let mut upload = Upload { write: Some(write) };
        loop {
            let (next, bytes) = reader.next().await.map_err(|error| unreadable(path, error))?;
            reader = next;
            if bytes.is_empty() {
                break;
            }
            let write = upload.write.as_mut().expect("an upload is taken only at its end");
            write.wait_for_capacity(PARTS_AT_ONCE).await.map_err(failed)?;
            write.put(bytes);
        }
        upload.finish().await.map_err(failed)?;
        let stored = reader.stored();
        self.compare(key, stored).await?;
        Ok(stored)
    }
}

/// An upload in parts that is aborted when it is not finished, whatever the reason:
/// parts that nobody completes would be paid for and never seen.
struct Upload {
    write: Option<WriteMultipart>,
}

impl Upload {
    async fn finish(mut self) -> object_store::Result<()> {
        if let Some(write) = self.write.as_mut() {
            write.wait_for_capacity(1).await?;
        }
        match self.write.take() {
            Some(write) => write.finish().await.map(drop),
            None => Ok(()),
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let (Some(write), Ok(runtime)) = (self.write.take(), Handle::try_current()) else { return };
        runtime.spawn(async move {
            if let Err(error) = write.abort().await {
                tracing::warn!(%error, "an unfinished upload could not be aborted");
            }
        });
    }
}

/// Reads a file in parts, off the async threads, and hashes it on the way.
struct PartReader {
    file: File,
    hash: Sha256,
    read: u64,
    size: u64,
    part_bytes: usize,
}

impl PartReader {
    fn open(path: &Path, part_bytes: u64) -> Result<Self, Error> {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (size, file) = opened.map_err(|error| unreadable(path, error))?;
        let part_bytes = usize::try_from(part_bytes.max(size.div_ceil(MAX_PARTS)));
        let part_bytes =
            part_bytes.map_err(|_| unreadable(path, io::ErrorKind::FileTooLarge.into()))?;
        Ok(Self { file, hash: Sha256::new(), read: 0, size, part_bytes })
    }

    fn is_one_part(&self) -> bool {
        self.size <= self.part_bytes as u64
    }

    /// The next part; an empty one is the end.
    async fn next(mut self) -> io::Result<(Self, Bytes)> {
        let read = tokio::task::spawn_blocking(move || {
            let left = self.size.saturating_sub(self.read);
            let room = usize::try_from(left).unwrap_or(usize::MAX).min(self.part_bytes);
            let mut part = Vec::with_capacity(room);
            (&mut self.file).take(self.part_bytes as u64).read_to_end(&mut part)?;
            self.hash.update(&part);
            self.read += part.len() as u64;
            Ok((self, Bytes::from(part)))
        });
        read.await.map_err(io::Error::other)?
    }

    fn stored(self) -> Stored {
        Stored { bytes: self.read, sha256: self.hash.finalize().into() }
    }
}

/// The bytes reach the disk before the name does: a power cut leaves the file whole or absent.
fn hash_and_sync(path: &Path) -> io::Result<Stored> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        bytes += read as u64;
    }
    file.sync_all()?;
    Ok(Stored { bytes, sha256: hash.finalize().into() })
}

fn move_into(path: &Path, place: &Path) -> io::Result<()> {
    let folder = place.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // A neighbour's delete may remove the folder between the two steps, hence the second try.
    let moved = std::fs::create_dir_all(folder).and_then(|()| std::fs::rename(path, place));
    match moved {
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.exists() => {
            std::fs::create_dir_all(folder)?;
            std::fs::rename(path, place)?;
        }
        moved => moved?,
    }
    File::open(folder)?.sync_all()
}

fn unreadable(path: &Path, error: io::Error) -> Error {
    Error::Source { path: path.display().to_string(), source: Arc::new(error) }
}
