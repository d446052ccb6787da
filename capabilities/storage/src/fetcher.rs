//! Blocks of remote objects: those that are kept, and those that are on their way.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use moka::sync::Cache;
use tokio::sync::{Semaphore, oneshot};

use crate::{bucket::Bucket, config::StorageConfig, counts, error::Error};

/// What a block costs in memory besides its bytes.
const OVERHEAD: usize = 160;

pub(crate) struct Fetcher {
    bucket: Bucket,
    block_bytes: u64,
    pub(crate) kept: Cache<Place, Bytes>,
    on_their_way: Mutex<HashMap<Place, Coming>>,
    fetches: Semaphore,
}

/// A remote object that never changes.
pub(crate) struct Object {
    key: String,
    number: u64,
    /// Known after its first fetch.
    bytes: OnceLock<u64>,
}

/// A block: the number of its object, and its own.
type Place = (u64, u64);

type Coming = Shared<BoxFuture<'static, Result<Fetched, Error>>>;

/// The bytes of one GET.
#[derive(Clone)]
pub(crate) struct Fetched {
    first_block: u64,
    block_bytes: u64,
    bytes: Bytes,
}

/// A block from where it was found.
pub(crate) enum Block {
    Kept(Bytes),
    Coming(u64, Coming),
}

impl Block {
    pub(crate) async fn arrive(self) -> Result<Bytes, Error> {
        match self {
            Self::Kept(bytes) => Ok(bytes),
            Self::Coming(block, coming) => Ok(coming.await?.block(block)),
        }
    }
}

impl Fetcher {
    pub(crate) fn new(bucket: Bucket, block_bytes: u64, config: &StorageConfig) -> Self {
        let weight =
            |_: &Place, block: &Bytes| u32::try_from(block.len() + OVERHEAD).unwrap_or(u32::MAX);
        let kept = Cache::builder().max_capacity(config.block_cache_bytes).weigher(weight);
        Self {
            bucket,
            block_bytes,
            kept: kept.build(),
            on_their_way: Mutex::default(),
            fetches: Semaphore::new(config.concurrent_reads.max(1)),
        }
    }

    /// The wanted blocks; what is neither kept nor on its way is fetched in the runs that are asked for.
    pub(crate) fn find(
        self: &Arc<Self>,
        object: &Arc<Object>,
        wanted: &[u64],
        runs: impl FnOnce(&[u64]) -> Vec<Range<u64>>,
    ) -> Vec<Block> {
        if let Some(kept) = self.all_kept(object, wanted) {
            return kept;
        }
        let mut on_their_way = self.on_their_way();
        let look = |block: &u64| {
            let place = (object.number, *block);
            let coming = || Some(Block::Coming(*block, on_their_way.get(&place)?.clone()));
            self.kept.get(&place).map(Block::Kept).or_else(coming)
        };
        let found: Vec<_> = wanted.iter().map(look).collect();
        let missing = wanted.iter().zip(&found).filter(|(_, found)| found.is_none());
        let missing: Vec<u64> = missing.map(|(block, _)| *block).collect();
        counts::get().blocks_hit.increment((wanted.len() - missing.len()) as u64);
        counts::get().blocks_missed.increment(missing.len() as u64);
        for run in runs(&missing) {
            self.start(object, run, &mut on_their_way);
        }
        let started = |block| Block::Coming(block, on_their_way[&(object.number, block)].clone());
        let blocks = wanted.iter().zip(found);
        blocks.map(|(block, found)| found.unwrap_or_else(|| started(*block))).collect()
    }

    /// The ordinary case of a warm tile, which needs no lock.
    fn all_kept(&self, object: &Object, wanted: &[u64]) -> Option<Vec<Block>> {
        let kept = wanted.iter().map(|block| self.kept.get(&(object.number, *block)));
        let kept = kept.map(|block| block.map(Block::Kept)).collect::<Option<Vec<_>>>()?;
        counts::get().blocks_hit.increment(wanted.len() as u64);
        Some(kept)
    }

    /// Fetches in a task of its own: whoever asked first may lose interest, and others wait too.
    fn start(
        self: &Arc<Self>,
        object: &Arc<Object>,
        run: Range<u64>,
        on_their_way: &mut HashMap<Place, Coming>,
    ) {
        let (arrived, arrival) = oneshot::channel();
        let arrival = arrival.map(|fetched| fetched.unwrap_or_else(|_| Err(Error::interrupted())));
        let coming = arrival.boxed().shared();
        let places = run.clone().map(|block| (object.number, block));
        let vacant: Vec<_> = places.filter(|place| !on_their_way.contains_key(place)).collect();
        on_their_way.extend(vacant.iter().map(|place| (*place, coming.clone())));

        let promise = Promise { fetcher: self.clone(), places: vacant };
        let object = object.clone();
        tokio::spawn(async move {
            let fetched = promise.fetcher.fetch(&object, run).await;
            // From here on the blocks are found among those that are kept.
            drop(promise);
            drop(arrived.send(fetched));
        });
    }

    async fn fetch(&self, object: &Object, run: Range<u64>) -> Result<Fetched, Error> {
        let _permit = self.fetches.acquire().await.map_err(|_| Error::interrupted())?;
        let end = run.end.saturating_mul(self.block_bytes);
        let range = run.start * self.block_bytes..end.min(*object.bytes.get().unwrap_or(&end));
        let (bytes, object_bytes) = self.bucket.read_up_to(&object.key, range.clone()).await?;
        if bytes.len() as u64 != range.end.min(object_bytes) - range.start {
            return Err(Error::interrupted());
        }
        counts::get().fetches.increment(1);
        counts::get().fetched_bytes.increment(bytes.len() as u64);
        let _ = object.bytes.set(object_bytes);
        let fetched = Fetched { first_block: run.start, block_bytes: self.block_bytes, bytes };
        for block in run {
            let bytes = fetched.block(block);
            if !bytes.is_empty() {
                // A copy, as a slice would keep the whole run in memory.
                self.kept.insert((object.number, block), Bytes::copy_from_slice(&bytes));
            }
        }
        Ok(fetched)
    }

    pub(crate) fn on_their_way(&self) -> MutexGuard<'_, HashMap<Place, Coming>> {
        self.on_their_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Object {
    pub(crate) fn new(key: &str, number: u64) -> Self {
        Self { key: key.to_owned(), number, bytes: OnceLock::new() }
    }

    pub(crate) fn bytes(&self) -> Option<u64> {
        self.bytes.get().copied()
    }

    /// Refuses a range that is known to go too far.
    pub(crate) fn holds(&self, range: &Range<u64>) -> Result<(), Error> {
        match self.bytes.get() {
            Some(bytes) if range.end > *bytes => {
                Err(Error::TooShort { key: self.key.clone(), end: range.end })
            }
            _ => Ok(()),
        }
    }
}

impl Fetched {
    /// Shorter at the end of the object, and empty behind it.
    fn block(&self, block: u64) -> Bytes {
        let start = (block - self.first_block) * self.block_bytes;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(self.bytes.len());
        self.bytes.slice(place(start)..place(start + self.block_bytes))
    }
}

/// Blocks that are said to be on their way, until they have come or never will.
struct Promise {
    fetcher: Arc<Fetcher>,
    places: Vec<Place>,
}

impl Drop for Promise {
    fn drop(&mut self) {
        let mut on_their_way = self.fetcher.on_their_way();
        self.places.iter().for_each(|place| drop(on_their_way.remove(place)));
    }
}
