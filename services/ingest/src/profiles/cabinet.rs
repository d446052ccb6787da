use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use futures_util::TryStreamExt;
use storage::Bucket;

/// What is kept of a profile's images on disk: as much as is allowed, and not what was not used for longest.
///
/// It counts by the prefix of an image, under which everything of it lies.
pub(super) struct Cabinet {
    bucket: Bucket,
    max_bytes: u64,
    drawers: Mutex<Drawers>,
    /// Drawers that are counted no longer, and not emptied yet.
    leaving: AtomicU64,
}

#[derive(Default)]
struct Drawers {
    by_prefix: HashMap<String, Drawer>,
    bytes: u64,
    clock: u64,
}

#[derive(Default)]
struct Drawer {
    bytes: u64,
    last_use: u64,
}

impl Cabinet {
    /// Counts what an earlier process left below `prefix`, which is the profile's own.
    pub(super) async fn open(
        bucket: Bucket,
        prefix: &str,
        max_bytes: u64,
    ) -> Result<Self, storage::Error> {
        let mut drawers = Drawers::default();
        let mut objects = bucket.list(prefix);
        while let Some(object) = objects.try_next().await? {
            // customer/space/name/…
            let drawer = object.key.match_indices('/').nth(2);
            if let Some(prefix) = drawer.and_then(|(end, _)| object.key.get(..end)) {
                drawers.add(prefix, object.bytes);
            }
        }
        let leaving = AtomicU64::new(0);
        Ok(Self { bucket, max_bytes, drawers: Mutex::new(drawers), leaving })
    }

    pub(super) fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// Notes that an image was asked for.
    pub(super) fn touch(&self, prefix: &str) {
        let mut drawers = self.drawers();
        drawers.clock += 1;
        let now = drawers.clock;
        if let Some(drawer) = drawers.by_prefix.get_mut(prefix) {
            drawer.last_use = now;
        }
    }

    /// Notes what was kept of an image, makes room for it, and answers which images had to go.
    pub(super) async fn kept(&self, prefix: &str, bytes: u64) -> Vec<String> {
        let gone = {
            let mut drawers = self.drawers();
            drawers.clock += 1;
            drawers.add(prefix, bytes);
            drawers.make_room(prefix, self.max_bytes)
        };
        self.leaving.fetch_add(gone.len() as u64, Relaxed);
        for prefix in &gone {
            self.remove(prefix).await;
            self.leaving.fetch_sub(1, Relaxed);
        }
        gone
    }

    /// Empties one drawer.
    pub(super) async fn empty(&self, prefix: &str) {
        self.drawers().remove(prefix);
        self.remove(prefix).await;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.drawers().bytes
    }

    /// How many images had to make room and are not off the disk yet.
    pub(super) fn leaving(&self) -> u64 {
        self.leaving.load(Relaxed)
    }

    pub(super) fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    async fn remove(&self, prefix: &str) {
        if let Err(error) = self.bucket.delete_prefix(prefix).await {
            tracing::warn!(prefix, %error, "what is no longer kept of an image stays on disk");
        }
    }

    fn drawers(&self) -> MutexGuard<'_, Drawers> {
        self.drawers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawers {
    fn add(&mut self, prefix: &str, bytes: u64) {
        let now = self.clock;
        self.bytes += bytes;
        match self.by_prefix.get_mut(prefix) {
            Some(drawer) => *drawer = Drawer { bytes: drawer.bytes + bytes, last_use: now },
            None => {
                self.by_prefix.insert(prefix.to_owned(), Drawer { bytes, last_use: now });
            }
        }
    }

    fn remove(&mut self, prefix: &str) {
        if let Some(drawer) = self.by_prefix.remove(prefix) {
            self.bytes -= drawer.bytes;
        }
    }

    /// The one that is new stays, even if it is too large for the whole cabinet.
    fn make_room(&mut self, new: &str, max_bytes: u64) -> Vec<String> {
        if self.bytes <= max_bytes {
            return Vec::new();
        }
        let mut by_use: Vec<(u64, String)> = self
            .by_prefix
            .iter()
            .filter(|(prefix, _)| *prefix != new)
            .map(|(prefix, drawer)| (drawer.last_use, prefix.clone()))
            .collect();
        by_use.sort_unstable();
        // More than is needed, so that not every new image has to look through all.
        let goal = max_bytes - max_bytes / 20;
        let mut gone = Vec::new();
        for (_, prefix) in by_use {
            if self.bytes <= goal {
                break;
            }
            self.remove(&prefix);
            gone.push(prefix);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn put(cabinet: &Cabinet, prefix: &str) -> Vec<String> {
        let key = format!("{prefix}/v1/pyramid.tif");
        cabinet.bucket().put(&key, vec![0; 100].into()).await.unwrap();
        cabinet.kept(prefix, 100).await
    }

    #[tokio::test]
    async fn what_was_not_used_for_longest_goes() {
        let bucket = Bucket::in_memory();
        let cabinet = Cabinet::open(bucket.clone(), "7", 300).await.unwrap();
        for name in ["7/0/a", "7/0/b", "7/0/c"] {
            assert_eq!(put(&cabinet, name).await, [""; 0]);
        }
        cabinet.touch("7/0/a");
        assert_eq!(put(&cabinet, "7/0/d").await, ["7/0/b", "7/0/c"]);
        assert!(bucket.head("7/0/b/v1/pyramid.tif").await.unwrap().is_none());
        assert!(bucket.head("7/0/a/v1/pyramid.tif").await.unwrap().is_some());
        assert_eq!(cabinet.bytes(), 200);
    }

    #[tokio::test]
    async fn what_an_earlier_process_kept_is_counted() {
        let bucket = Bucket::in_memory();
        put(&Cabinet::open(bucket.clone(), "7", 300).await.unwrap(), "7/0/a").await;
        put(&Cabinet::open(bucket.clone(), "8", 300).await.unwrap(), "8/0/a").await;
        let cabinet = Cabinet::open(bucket, "7", 300).await.unwrap();
        assert_eq!(cabinet.bytes(), 100);
        cabinet.empty("7/0/a").await;
        assert_eq!(cabinet.bytes(), 0);
    }

    #[tokio::test]
    async fn one_that_is_too_large_for_all_is_kept_alone() {
        let cabinet = Cabinet::open(Bucket::in_memory(), "7", 50).await.unwrap();
        assert_eq!(put(&cabinet, "7/0/a").await, [""; 0]);
        assert_eq!(put(&cabinet, "7/0/b").await, ["7/0/a"]);
    }
}
