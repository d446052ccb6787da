//! Ranges of files in a folder: files kept open, and reads that need no other thread.

use std::{
    fs::File,
    io::{self, IoSliceMut},
    ops::Range,
    os::unix::fs::FileExt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use moka::sync::Cache;
use rustix::io::{Errno, ReadWriteFlags, preadv2};

use crate::{
    bucket::{Bucket, blocking},
    config::StorageConfig,
    counts,
    error::Error,
    ranges::Head,
    runs,
};

/// A file that another process deleted keeps its space on the disk until we close it.
const IDLE: Duration = Duration::from_secs(600);
/// Copying more than this from the page cache would hold up the async thread.
const MAX_AT_ONCE: u64 = 1024 * 1024;

pub(crate) struct OpenFiles {
    bucket: Bucket,
    files: Cache<String, Arc<OpenFile>>,
    /// How often something was forgotten: a file that was opened before that may be another one.
    forgotten: AtomicU64,
    /// Some file systems cannot say whether a read would block.
    knows_page_cache: AtomicBool,
}

struct OpenFile {
    file: File,
    bytes: u64,
}

/// Bytes on their way from a file to their place behind a prefix.
struct Reading {
    buffer: Vec<u8>,
    prefix: usize,
    filled: usize,
    start: u64,
}

impl OpenFiles {
    pub(crate) fn new(bucket: Bucket, config: &StorageConfig) -> Self {
        let files = Cache::builder().max_capacity(config.open_files.max(1)).time_to_idle(IDLE);
        Self {
            bucket,
            files: files.build(),
            forgotten: AtomicU64::new(0),
            knows_page_cache: AtomicBool::new(true),
        }
    }

    pub(crate) fn forget(&self, key: &str) {
        self.forgotten.fetch_add(1, Relaxed);
        self.files.invalidate(key);
    }

    pub(crate) async fn head(&self, key: &str, bytes: u64) -> Result<Head, Error> {
        let object_bytes = self.open(key).await?.bytes;
        let bytes = self.read_after(key, &[], 0..bytes.min(object_bytes)).await?;
        Ok(Head { bytes, object_bytes })
    }

    pub(crate) async fn read_after(
        &self,
        key: &str,
        prefix: &[u8],
        range: Range<u64>,
    ) -> Result<Bytes, Error> {
        let file = self.open(key).await?;
        let mut reading = file.reading(key, prefix, &range)?;
        self.read_from_page_cache(&file.file, &mut reading);
        if reading.is_done() {
            return Ok(reading.buffer.into());
        }
        let mut read = self.read_from_disk(key, file, vec![reading]).await?;
        Ok(read.pop().unwrap_or_default())
    }

    pub(crate) async fn read_many(
        &self,
        key: &str,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, Error> {
        let file = self.open(key).await?;
        let runs = runs::adjacent(ranges);
        let readings: Result<Vec<_>, _> =
            runs.iter().map(|run| file.reading(key, &[], run)).collect();
        let mut readings = readings?;
        if runs.iter().map(|run| run.end - run.start).sum::<u64>() <= MAX_AT_ONCE {
            readings.iter_mut().for_each(|reading| self.read_from_page_cache(&file.file, reading));
        }
        let read = if readings.iter().all(Reading::is_done) {
            readings.into_iter().map(|reading| reading.buffer.into()).collect()
        } else {
            self.read_from_disk(key, file, readings).await?
        };
        Ok(runs::cut(ranges, &runs, &read))
    }

    async fn open(&self, key: &str) -> Result<Arc<OpenFile>, Error> {
        if let Some(file) = self.files.get(key) {
            return Ok(file);
        }
        let forgotten = self.forgotten.load(Relaxed);
        let path = self.bucket.path_in_folder(key)?;
        let path = path.ok_or_else(|| Error::InvalidKey(key.to_owned()))?;
        let opened = blocking(move || {
            let file = File::open(path)?;
            let found = file.metadata()?;
            let is_object = found.is_file();
            is_object
                .then_some(OpenFile { file, bytes: found.len() })
                .ok_or(io::ErrorKind::NotFound.into())
        });
        let file = Arc::new(opened.await?.map_err(|error| Error::from_io(key, error))?);
        counts::get().files_opened.increment(1);
        if self.forgotten.load(Relaxed) == forgotten {
            self.files.insert(key.to_owned(), file.clone());
        }
        Ok(file)
    }

    /// Takes what the page cache has, without ever waiting for a disk.
    fn read_from_page_cache(&self, file: &File, reading: &mut Reading) {
        while !reading.is_done() && self.knows_page_cache.load(Relaxed) {
            let (offset, rest) = reading.rest();
            match preadv2(file, &mut [IoSliceMut::new(rest)], offset, ReadWriteFlags::NOWAIT) {
                Ok(0) | Err(Errno::AGAIN) => return,
                Ok(read) => reading.filled += read,
                Err(Errno::INTR) => {}
                Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => {
                    self.knows_page_cache.store(false, Relaxed);
                }
                // The blocking read will meet it again, and say what it is.
                Err(_) => return,
            }
        }
    }

    async fn read_from_disk(
        &self,
        key: &str,
        file: Arc<OpenFile>,
        readings: Vec<Reading>,
    ) -> Result<Vec<Bytes>, Error> {
        counts::get().waited_for_disk.increment(1);
        let read = blocking(move || {
            let finish = |mut reading: Reading| {
                let (offset, rest) = reading.rest();
                file.file.read_exact_at(rest, offset)?;
                Ok(reading.buffer.into())
            };
            readings.into_iter().map(finish).collect::<io::Result<Vec<Bytes>>>()
        });
        read.await?.map_err(|error| Error::from_io(key, error))
    }
}

impl OpenFile {
    fn reading(&self, key: &str, prefix: &[u8], range: &Range<u64>) -> Result<Reading, Error> {
        if range.end > self.bytes || range.start > range.end {
            return Err(Error::TooShort { key: key.to_owned(), end: range.end });
        }
        let too_large = |_| Error::TooShort { key: key.to_owned(), end: range.end };
        let bytes = usize::try_from(range.end - range.start).map_err(too_large)?;
        let mut buffer = Vec::with_capacity(prefix.len() + bytes);
        buffer.extend_from_slice(prefix);
        buffer.resize(prefix.len() + bytes, 0);
        Ok(Reading { buffer, prefix: prefix.len(), filled: prefix.len(), start: range.start })
    }
}

impl Reading {
    fn is_done(&self) -> bool {
        self.filled == self.buffer.len()
    }

    fn rest(&mut self) -> (u64, &mut [u8]) {
        (self.start + (self.filled - self.prefix) as u64, &mut self.buffer[self.filled..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_files_stay_open_than_are_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = Bucket::in_folder(folder.path()).unwrap();
        let config = StorageConfig { open_files: 5, ..StorageConfig::default() };
        let files = OpenFiles::new(bucket.clone(), &config);
        for n in 0..100 {
            let key = format!("a/{n}");
            bucket.put(&key, Bytes::from_static(b"0123456789")).await.unwrap();
            assert_eq!(files.read_after(&key, b"<", 3..5).await.unwrap(), "<34");
        }
        files.files.run_pending_tasks();
        assert!(files.files.entry_count() <= 5, "{}", files.files.entry_count());
    }

    #[tokio::test]
    async fn what_was_just_written_is_read_without_another_thread() {
        let folder = tempfile::tempdir().unwrap();
        let bucket = Bucket::in_folder(folder.path()).unwrap();
        bucket.put("a", vec![7; 100_000].into()).await.unwrap();
        let files = OpenFiles::new(bucket, &StorageConfig::default());
        let file = files.open("a").await.unwrap();
        let mut reading = file.reading("a", b"head", &(10..90_000)).unwrap();
        files.read_from_page_cache(&file.file, &mut reading);
        if !files.knows_page_cache.load(Relaxed) {
            println!("this file system cannot say what is in the page cache: left out");
            return;
        }
        assert!(reading.is_done(), "{} of {}", reading.filled, reading.buffer.len());
        assert!(reading.buffer.capacity() == reading.buffer.len(), "one allocation");
    }
}
