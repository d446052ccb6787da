//! Parts of objects, read fast: the hot path of tiles.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;

use crate::{
    blocks::Blocks, bucket::Bucket, config::StorageConfig, error::Error, open_files::OpenFiles,
};

/// Reads parts of objects that never change once they are written. Cheap to clone.
///
/// In a folder, a read is one `pread` from a file that is kept open, on the async thread itself
/// when the page cache has the bytes. Elsewhere it is at most one ranged GET, through a bounded
/// cache of blocks in memory; equal reads at the same time share it.
#[derive(Clone)]
pub struct Ranges {
    source: Source,
}

#[derive(Clone)]
enum Source {
    Files(Arc<OpenFiles>),
    Blocks(Arc<Blocks>),
}

/// The start of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// As many bytes as were asked for, or the whole object.
    pub bytes: Bytes,
    /// How large the object is.
    pub object_bytes: u64,
}

impl Ranges {
    /// What this process writes or deletes through the bucket, or a clone of it, is forgotten here.
    pub fn new(bucket: Bucket, config: &StorageConfig) -> Self {
        let source = if bucket.is_folder() {
            let files = Arc::new(OpenFiles::new(bucket.clone(), config));
            let watched = Arc::downgrade(&files);
            bucket.watch(move |key| watched.upgrade().map(|files| files.forget(key)).is_some());
            Source::Files(files)
        } else {
            let blocks = Arc::new(Blocks::new(bucket.clone(), config));
            let watched = Arc::downgrade(&blocks);
            bucket.watch(move |key| watched.upgrade().map(|blocks| blocks.forget(key)).is_some());
            Source::Blocks(blocks)
        };
        Self { source }
    }

    /// Exactly these bytes; an object that is too short for them is an error.
    pub async fn read(&self, key: &str, range: Range<u64>) -> Result<Bytes, Error> {
        self.read_after(key, &[], range).await
    }

    /// The bytes behind a prefix, in one allocation: a tile behind its tables.
    pub async fn read_after(
        &self,
        key: &str,
        prefix: &[u8],
        range: Range<u64>,
    ) -> Result<Bytes, Error> {
        match &self.source {
            Source::Files(files) => files.read_after(key, prefix, range).await,
            Source::Blocks(blocks) => blocks.read_after(key, prefix, range).await,
        }
    }

    /// Each of the ranges, in their order; those that lie side by side are read at once.
    pub async fn read_many(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        match &self.source {
            Source::Files(files) => files.read_many(key, ranges).await,
            Source::Blocks(blocks) => blocks.read_many(key, ranges).await,
        }
    }

    /// The first bytes of an object, and its size.
    pub async fn head(&self, key: &str, bytes: u64) -> Result<Head, Error> {
        match &self.source {
            Source::Files(files) => files.head(key, bytes).await,
            Source::Blocks(blocks) => blocks.head(key, bytes).await,
        }
    }

    /// Fetches the head of a remote object now, so that the first reader need not wait for it.
    pub async fn prime(&self, key: &str) -> Result<(), Error> {
        self.head(key, 1).await.map(drop)
    }

    /// Forgets what is kept of an object.
    pub fn forget(&self, key: &str) {
        match &self.source {
            Source::Files(files) => files.forget(key),
            Source::Blocks(blocks) => blocks.forget(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten blocks and a bit.
    const SIZE: usize = 10 * 4096 + 100;

    fn object() -> Bytes {
        (0..SIZE).map(|n| (n * 7 % 251) as u8).collect()
    }

    #[tokio::test]
    async fn a_folder_is_read_exactly() {
        let folder = tempfile::tempdir().unwrap();
        is_read_exactly(Bucket::in_folder(folder.path()).unwrap()).await;
    }

    #[tokio::test]
    async fn other_buckets_are_read_exactly() {
        is_read_exactly(Bucket::in_memory()).await;
    }

    async fn is_read_exactly(bucket: Bucket) {
        let config = StorageConfig { block_bytes: 4096, ..StorageConfig::default() };
        let ranges = Ranges::new(bucket.clone(), &config);
        let object = object();
        bucket.put("a", object.clone()).await.unwrap();
        bucket.put("empty", Bytes::new()).await.unwrap();

        let size = SIZE as u64;
        for range in [0..1, 4095..4097, 4096..8192, 5000..30_000, 0..size, size - 1..size, 9..9] {
            let expected = &object[range.start as usize..range.end as usize];
            assert_eq!(ranges.read("a", range.clone()).await.unwrap(), expected, "{range:?}");
            let behind = ranges.read_after("a", b"head", range.clone()).await.unwrap();
            assert_eq!(behind, [b"head", expected].concat(), "{range:?}");
        }
        for range in [0..size + 1, size..size + 1, 1 << 40..(1 << 40) + 9, 0..1 << 50] {
            let error = ranges.read("a", range.clone()).await.unwrap_err();
            assert!(matches!(error, Error::TooShort { .. }), "{range:?}: {error:?}");
            let error = ranges.read_many("a", &[0..1, range.clone()]).await.unwrap_err();
            assert!(matches!(error, Error::TooShort { .. }), "{range:?}: {error:?}");
        }
        reads_many(&ranges, &object).await;
        heads_are_exact(&ranges, &object).await;
        let missing = ranges.read("b", 0..1).await.unwrap_err();
        assert!(matches!(missing, Error::NotFound(_)), "{missing:?}");
    }

    async fn reads_many(ranges: &Ranges, object: &Bytes) {
        let many = [30_000..30_010, 0..10, 10..4100, 5..7, 20_000..20_000, 40_000..SIZE as u64];
        let read = ranges.read_many("a", &many).await.unwrap();
        for (range, read) in many.iter().zip(read) {
            assert_eq!(read, object[range.start as usize..range.end as usize], "{range:?}");
        }
        assert!(ranges.read_many("a", &[]).await.unwrap().is_empty());
    }

    async fn heads_are_exact(ranges: &Ranges, object: &Bytes) {
        for bytes in [0, 1, 5000, SIZE as u64, 1 << 50] {
            let head = ranges.head("a", bytes).await.unwrap();
            assert_eq!(head.object_bytes, SIZE as u64);
            assert_eq!(head.bytes, object[..SIZE.min(bytes as usize)], "{bytes}");
        }
        let head = ranges.head("empty", 100).await.unwrap();
        assert_eq!(head, Head { bytes: Bytes::new(), object_bytes: 0 });
    }

    #[tokio::test]
    async fn what_is_written_anew_is_read_anew() {
        let folder = tempfile::tempdir().unwrap();
        for bucket in [Bucket::in_folder(folder.path()).unwrap(), Bucket::in_memory()] {
            let ranges = Ranges::new(bucket.clone(), &StorageConfig::default());
            bucket.put("a/1", Bytes::from_static(b"old")).await.unwrap();
            assert_eq!(ranges.read("a/1", 0..3).await.unwrap(), "old");
            bucket.clone().put("a/1", Bytes::from_static(b"newer")).await.unwrap();
            assert_eq!(ranges.read("a/1", 0..5).await.unwrap(), "newer");
            bucket.delete_prefix("a").await.unwrap();
            let gone = ranges.read("a/1", 0..3).await.unwrap_err();
            assert!(matches!(gone, Error::NotFound(_)), "{gone:?}");
        }
    }
}
