use std::{fs::File, path::Path, sync::Arc, time::Duration};

use catalogue::{AssetCard, AtOrigin};
use sandbox::{Limits, Pool, PoolConfig};
use storage::{Bucket, ListedBuckets, LocalFiles, Located, keys};

use crate::{
    config::OriginalsConfig,
    image::{draw::DrawError, painters::NICENESS},
    original_fault::OriginalFault,
};

/// Where originals are that are served in place, and who reads them. Cheap to clone.
#[derive(Clone)]
pub struct Originals {
    bucket: Bucket,
    /// Where originals are that stayed with their owners.
    listed: ListedBuckets,
    files: LocalFiles,
    pub(super) pool: Pool,
    pub(super) config: OriginalsConfig,
}

impl Originals {
    /// Copies of remote originals lie in a folder below `data`.
    pub fn open(
        config: &OriginalsConfig,
        buckets: (Bucket, ListedBuckets),
        data: &Path,
    ) -> Result<Self, storage::Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let children = if config.children == 0 { cores } else { config.children };
        Self::with_children(children, config, buckets, data)
    }

    /// For tests that must not start the binary that they are.
    pub(crate) fn with_children(
        children: usize,
        config: &OriginalsConfig,
        (bucket, listed): (Bucket, ListedBuckets),
        data: &Path,
    ) -> Result<Self, storage::Error> {
        let files = LocalFiles::open(bucket.clone(), &data.join("originals"), config.cache_bytes)?;
        let pool = Pool::new(PoolConfig {
            name: "draw",
            size: children,
            limits: limits(config),
            max_requests: config.max_drawings,
            max_idle: Duration::from_secs(config.idle_seconds),
            max_answer_bytes: usize::try_from(config.memory_bytes).unwrap_or(usize::MAX),
            executable: None,
        });
        Ok(Self { bucket, listed, files, pool, config: config.clone() })
    }

    /// The original as a file: the bucket's own, or a copy. The key names it, wherever it lies.
    pub(crate) async fn file(&self, card: &AssetCard, key: &str) -> Result<Arc<File>, DrawError> {
        let Some(seen) = &card.at_origin else { return Ok(self.files.file(key).await?) };
        let original = self.at_origin(card, seen)?;
        let file = self.files.copy_of(key, &original).await;
        Ok(file.map_err(OriginalFault::from)?)
    }

    /// Where the original is.
    pub(crate) fn original(&self, card: &AssetCard) -> Result<Located, OriginalFault> {
        match &card.at_origin {
            Some(seen) => self.at_origin(card, seen),
            None => {
                let (id, version) = card.kept_at();
                Ok(Located::ours(self.bucket.clone(), keys::original(id, version)))
            }
        }
    }

    fn at_origin(&self, card: &AssetCard, seen: &AtOrigin) -> Result<Located, OriginalFault> {
        Ok(self.listed.locate(card.id.customer, &seen.url, seen.state())?)
    }

    /// Where originals are that are handed out as they came.
    pub(crate) fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// Has children started before they are asked; they are so once an original is looked at.
    pub(crate) fn warm(&self) {
        self.pool.warm();
    }

    /// What one drawing may take of a child's memory; the rest is for what it keeps.
    pub(super) fn drawing_bytes(&self) -> u64 {
        self.config.memory_bytes / 4 * 3
    }
}

fn limits(config: &OriginalsConfig) -> Limits {
    let wall = Duration::from_secs(config.timeout_seconds);
    Limits {
        memory_bytes: config.memory_bytes,
        // Of a whole life; what one drawing takes is bounded by the clock.
        cpu: wall.saturating_mul(config.max_drawings),
        wall,
        output_bytes: 0,
        niceness: NICENESS,
        ..Limits::default()
    }
}
