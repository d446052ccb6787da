//! Ranges of remote objects, through blocks that are kept in memory.
//!
//! An object is cut into blocks of one size. A read takes what is kept, joins what is on its way,
//! and fetches the rest with one ranged GET. Tiles lie side by side, so that a viewer's next tile
//! has often come with the block of the last.

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use bytes::Bytes;
use moka::sync::Cache;

use crate::{
    bucket::Bucket,
    config::{MAX_BLOCK_BYTES, MIN_BLOCK_BYTES, StorageConfig},
    error::Error,
    fetcher::{Fetcher, Object},
    ranges::Head,
};

/// How many objects are known by number at the same time.
const OBJECTS: u64 = 100_000;
/// Longer runs are fetched in several pieces at once.
const MAX_RUN_BYTES: u64 = MAX_BLOCK_BYTES;
/// Blocks that are fetched although nobody asked, to save a request.
const GAP: u64 = 1;

pub(crate) struct Blocks {
    fetcher: Arc<Fetcher>,
    objects: Cache<String, Arc<Object>>,
    next_number: AtomicU64,
    block_bytes: u64,
    head_blocks: u64,
}

impl Blocks {
    pub(crate) fn new(bucket: Bucket, config: &StorageConfig) -> Self {
        let block_bytes = config.block_bytes.clamp(MIN_BLOCK_BYTES, MAX_BLOCK_BYTES);
        Self {
            fetcher: Arc::new(Fetcher::new(bucket, block_bytes, config)),
            objects: Cache::new(OBJECTS),
            next_number: AtomicU64::new(0),
            block_bytes,
            head_blocks: config.head_bytes.div_ceil(block_bytes),
        }
    }

    /// A forgotten object gets a new number, under which nobody finds its old blocks.
    pub(crate) fn forget(&self, key: &str) {
        self.objects.invalidate(key);
    }

    pub(crate) async fn head(&self, key: &str, bytes: u64) -> Result<Head, Error> {
        let object_bytes = match self.size(key, bytes).await {
            Ok(object_bytes) => object_bytes,
            // An empty object has no first byte.
            Err(Error::TooShort { .. }) => {
                return Ok(Head { bytes: Bytes::new(), object_bytes: 0 });
            }
            Err(error) => return Err(error),
        };
        let bytes = self.read_after(key, &[], 0..bytes.min(object_bytes)).await?;
        Ok(Head { bytes, object_bytes })
    }

    /// How large the object is; to learn it, its first bytes are fetched.
    async fn size(&self, key: &str, first: u64) -> Result<u64, Error> {
        let object = self.object(key);
        if let Some(bytes) = object.bytes() {
            return Ok(bytes);
        }
        let wanted = self.blocks_of(&(0..first.clamp(1, MAX_RUN_BYTES)));
        self.gather(&object, &wanted.collect::<Vec<_>>(), u64::MAX).await?;
        object.bytes().ok_or_else(Error::interrupted)
    }

    /// Large ranges are believed only of objects that are known to be large.
    async fn check(&self, key: &str, ranges: &[Range<u64>]) -> Result<(), Error> {
        let is_large = |range: &Range<u64>| range.end.saturating_sub(range.start) > MAX_RUN_BYTES;
        if ranges.iter().any(is_large) {
            self.size(key, 1).await?;
        }
        let object = self.object(key);
        ranges.iter().try_for_each(|range| object.holds(range))
    }

    pub(crate) async fn read_after(
        &self,
        key: &str,
        prefix: &[u8],
        range: Range<u64>,
    ) -> Result<Bytes, Error> {
        if range.is_empty() {
            return Ok(Bytes::copy_from_slice(prefix));
        }
        self.check(key, std::slice::from_ref(&range)).await?;
        let object = self.object(key);
        let wanted: Vec<_> = self.blocks_of(&range).collect();
        let blocks = self.gather(&object, &wanted, u64::MAX).await?;
        object.holds(&range)?;
        Ok(self.assemble(prefix, &range, &blocks))
    }

    pub(crate) async fn read_many(
        &self,
        key: &str,
        ranges: &[Range<u64>],
    ) -> Result<Vec<Bytes>, Error> {
        self.check(key, ranges).await?;
        let object = self.object(key);
        let mut wanted: Vec<_> = ranges.iter().flat_map(|range| self.blocks_of(range)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let blocks = self.gather(&object, &wanted, GAP).await?;
        ranges.iter().try_for_each(|range| object.holds(range))?;
        let of = |range: &Range<u64>| {
            let blocks_of = self.blocks_of(range);
            let first = wanted.partition_point(|block| *block < blocks_of.start);
            let count = wanted[first..].partition_point(|block| *block < blocks_of.end);
            self.assemble(&[], range, &blocks[first..first + count])
        };
        Ok(ranges.iter().map(of).collect())
    }

    fn object(&self, key: &str) -> Arc<Object> {
        let new = || {
            let number = self.next_number.fetch_add(1, Relaxed);
            Arc::new(Object::new(key, number))
        };
        self.objects.get_with_by_ref(key, new)
    }

    fn blocks_of(&self, range: &Range<u64>) -> Range<u64> {
        if range.is_empty() {
            return 0..0;
        }
        range.start / self.block_bytes..range.end.div_ceil(self.block_bytes)
    }

    /// The wanted blocks, which are sorted, from wherever they are.
    async fn gather(
        &self,
        object: &Arc<Object>,
        wanted: &[u64],
        gap: u64,
    ) -> Result<Vec<Bytes>, Error> {
        let runs = |missing: &[u64]| self.runs(object, missing, gap);
        let mut blocks = Vec::with_capacity(wanted.len());
        for block in self.fetcher.find(object, wanted, runs) {
            blocks.push(block.arrive().await?);
        }
        Ok(blocks)
    }

    /// What to fetch at once: blocks with at most `gap` between them, and the head as a whole.
    fn runs(&self, object: &Object, missing: &[u64], gap: u64) -> Vec<Range<u64>> {
        let longest = MAX_RUN_BYTES / self.block_bytes;
        let mut runs: Vec<Range<u64>> = Vec::new();
        for &block in missing {
            match runs.last_mut() {
                Some(run) if block - run.end <= gap && block - run.start < longest => {
                    run.end = block + 1;
                }
                _ => runs.push(block..block + 1),
            }
        }
        if let Some(first) = runs.first_mut().filter(|run| run.start == 0) {
            let blocks = object.bytes().map_or(u64::MAX, |bytes| bytes.div_ceil(self.block_bytes));
            first.end = first.end.max(self.head_blocks.min(blocks));
        }
        runs
    }

    /// The range, out of the blocks that hold it.
    fn assemble(&self, prefix: &[u8], range: &Range<u64>, blocks: &[Bytes]) -> Bytes {
        let size = |bytes: u64| usize::try_from(bytes).expect("it was read into memory");
        let mut skip = size(range.start % self.block_bytes);
        let length = size(range.end.saturating_sub(range.start));
        if let ([block], true) = (blocks, prefix.is_empty()) {
            return block.slice(skip..skip + length);
        }
        let mut bytes = Vec::with_capacity(prefix.len() + length);
        bytes.extend_from_slice(prefix);
        for block in blocks {
            let left = prefix.len() + length - bytes.len();
            bytes.extend_from_slice(&block[skip..block.len().min(skip + left)]);
            skip = 0;
        }
        bytes.into()
    }
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "lists of one range are meant")]
mod tests {
    use std::sync::atomic::Ordering::SeqCst;

    use crate::{Ranges, fake_store::FakeStore};

    use super::*;

    const BLOCK: u64 = 4096;

    async fn remote(blocks: u64) -> (Arc<FakeStore>, Ranges) {
        remote_with(blocks, StorageConfig::default()).await
    }

    async fn remote_with(blocks: u64, config: StorageConfig) -> (Arc<FakeStore>, Ranges) {
        let store = FakeStore::new();
        let object: Vec<u8> = (0..blocks * BLOCK).map(|n| (n % 251) as u8).collect();
        store.bucket().put("a", object.into()).await.unwrap();
        let config = StorageConfig { block_bytes: BLOCK, head_bytes: 2 * BLOCK, ..config };
        let ranges = Ranges::new(store.bucket(), &config);
        (store, ranges)
    }

    #[tokio::test]
    async fn a_cold_tile_is_one_get_and_a_warm_one_none() {
        let (store, ranges) = remote(100).await;
        ranges.read("a", 10 * BLOCK + 5..13 * BLOCK + 5).await.unwrap();
        assert_eq!(store.take_gets(), [10 * BLOCK..14 * BLOCK]);
        ranges.read("a", 10 * BLOCK + 9..12 * BLOCK).await.unwrap();
        assert_eq!(store.take_gets(), []);
        ranges.read("a", 13 * BLOCK..15 * BLOCK).await.unwrap();
        assert_eq!(store.take_gets(), [14 * BLOCK..15 * BLOCK], "the neighbour needs the rest");
    }

    #[tokio::test]
    async fn a_head_comes_at_once_and_serves_what_lies_in_it() {
        let (store, ranges) = remote(100).await;
        ranges.prime("a").await.unwrap();
        assert_eq!(store.take_gets(), [0..2 * BLOCK]);
        assert_eq!(ranges.head("a", 100).await.unwrap().object_bytes, 100 * BLOCK);
        ranges.read("a", BLOCK..2 * BLOCK).await.unwrap();
        assert_eq!(store.take_gets(), []);
    }

    #[tokio::test]
    async fn ranges_that_lie_close_together_are_one_get() {
        let (store, ranges) = remote(3000).await;
        let row = |n: u64| 20 * BLOCK + n * 5000..20 * BLOCK + (n + 1) * 5000;
        ranges.read_many("a", &[row(2), row(0), row(1)]).await.unwrap();
        assert_eq!(store.take_gets(), [20 * BLOCK..24 * BLOCK]);
        let far = [40 * BLOCK..41 * BLOCK, 42 * BLOCK..43 * BLOCK, 60 * BLOCK..61 * BLOCK];
        ranges.read_many("a", &far).await.unwrap();
        let mut gets = store.take_gets();
        gets.sort_by_key(|get| get.start);
        assert_eq!(gets, [40 * BLOCK..43 * BLOCK, 60 * BLOCK..61 * BLOCK]);
        ranges.read("a", 100 * BLOCK..2500 * BLOCK).await.unwrap();
        let longest = store.take_gets().iter().map(|get| get.end - get.start).max().unwrap();
        assert_eq!(longest, MAX_RUN_BYTES, "but not more than is good for one");
    }

    #[tokio::test]
    async fn equal_reads_at_the_same_time_share_one_get() {
        let (store, ranges) = remote(100).await;
        store.gate.forget_permits(usize::MAX);
        let read = |n: u64| {
            let ranges = ranges.clone();
            tokio::spawn(async move { ranges.read("a", 50 * BLOCK + n..51 * BLOCK + n).await })
        };
        let reads: Vec<_> = (0..50).map(read).collect();
        let cancelled = read(0);
        tokio::task::yield_now().await;
        cancelled.abort();
        store.gate.add_permits(2);
        for read in reads {
            read.await.unwrap().unwrap();
        }
        assert_eq!(store.take_gets().len(), 2, "block 50, which all need, and block 51");
    }

    #[tokio::test]
    async fn the_first_reader_may_go_away() {
        let (store, ranges) = remote(100).await;
        store.gate.forget_permits(usize::MAX);
        let first = Box::pin(ranges.read("a", 50 * BLOCK..51 * BLOCK));
        let second = ranges.read("a", 50 * BLOCK..51 * BLOCK);
        assert!(futures_util::poll!(first).is_pending(), "it is dropped here");
        store.gate.add_permits(1);
        second.await.unwrap();
        assert_eq!(store.take_gets().len(), 1);
    }

    #[tokio::test]
    async fn a_failure_reaches_everyone_and_is_not_kept() {
        let (store, ranges) = remote(100).await;
        store.is_down.store(true, SeqCst);
        let (a, b) = tokio::join!(ranges.read("a", 0..9), ranges.read("a", 0..9));
        assert!(matches!((a, b), (Err(Error::Unavailable(_)), Err(Error::Unavailable(_)))));
        assert_eq!(store.take_gets().len(), 1);
        store.is_down.store(false, SeqCst);
        ranges.read("a", 0..9).await.unwrap();
    }

    #[tokio::test]
    async fn the_memory_for_blocks_is_bounded() {
        let config = StorageConfig { block_cache_bytes: 20 * BLOCK, ..StorageConfig::default() };
        let (store, _) = remote_with(400, config.clone()).await;
        let blocks = Blocks::new(store.bucket(), &StorageConfig { block_bytes: BLOCK, ..config });
        for block in 0..400 {
            blocks.read_after("a", &[], block * BLOCK..(block + 1) * BLOCK).await.unwrap();
        }
        let kept = &blocks.fetcher.kept;
        kept.run_pending_tasks();
        assert!(kept.weighted_size() <= 20 * BLOCK, "{}", kept.weighted_size());
        assert!(kept.entry_count() > 10, "{}", kept.entry_count());
        assert!(blocks.fetcher.on_their_way().is_empty());
    }
}
