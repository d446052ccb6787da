use std::{fs::File, path::Path, sync::Arc, time::Duration};

use sandbox::{Limits, Pool, PoolConfig};
use storage::{Bucket, LocalFiles};

use crate::{config::OriginalsConfig, image::painters::NICENESS};

/// Where originals are that are served in place, and who reads them. Cheap to clone.
#[derive(Clone)]
pub struct Originals {
    bucket: Bucket,
    files: LocalFiles,
    pub(super) pool: Pool,
    pub(super) config: OriginalsConfig,
}

impl Originals {
    /// Copies of remote originals lie in a folder below `data`.
    pub fn open(
        config: &OriginalsConfig,
        bucket: Bucket,
        data: &Path,
    ) -> Result<Self, storage::Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let children = if config.children == 0 { cores } else { config.children };
        Self::with_children(children, config, bucket, data)
    }

    /// For tests that must not start the binary that they are.
    pub(crate) fn with_children(
        children: usize,
        config: &OriginalsConfig,
        bucket: Bucket,
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
        Ok(Self { bucket, files, pool, config: config.clone() })
    }

    /// The original as a file: the bucket's own, or a copy.
    pub(crate) async fn file(&self, key: &str) -> Result<Arc<File>, storage::Error> {
        self.files.file(key).await
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
