use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::DrawingConfig;

/// Who may draw now: by the memory that a drawing needs, as estimated before it is begun.
///
/// Small drawings have workers of their own, so that no `full/max` keeps a viewer waiting. Large
/// ones are few, and share a bounded memory. Who can't be served soon is sent away at once.
pub(crate) struct Admission {
    small: Lane,
    large: Lane,
    memory: Arc<Semaphore>,
    config: DrawingConfig,
}

/// The right to draw, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _worker: Option<OwnedSemaphorePermit>,
    _memory: Option<OwnedSemaphorePermit>,
}

/// Why a drawing may not begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("too many images are being drawn: please try again soon")]
    Busy,
    #[error("the image asked for is too large to be drawn here")]
    Impossible,
}

/// Memory is counted in steps of this many bytes, as a semaphore counts to 2^32 at most.
const STEP: u64 = 64 * 1024;

impl Admission {
    pub(crate) fn new(config: DrawingConfig) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let or = |workers: usize, default: usize| if workers == 0 { default } else { workers };
        Self {
            small: Lane::new(or(config.small_workers, cores), config.queue),
            large: Lane::new(or(config.large_workers, cores.div_ceil(2)), config.queue),
            memory: Arc::new(Semaphore::new(steps(config.memory_bytes) as usize)),
            config,
        }
    }

    /// How many may draw at the same time.
    pub(crate) fn workers(&self) -> usize {
        self.small.workers.available_permits() + self.large.workers.available_permits()
    }

    /// Waits for the right to use so much memory.
    pub(crate) async fn admit(&self, bytes: u64) -> Result<Permit, Refusal> {
        let enter = async {
            if bytes <= self.config.small_bytes {
                let _worker = Some(self.small.enter().await?);
                return Ok(Permit { _worker, _memory: None });
            }
            let _worker = Some(self.large.enter().await?);
            Ok(Permit { _worker, _memory: Some(self.memory(bytes).await?) })
        };
        self.wait(bytes, enter).await
    }

    /// Waits for the right to keep so much memory for as long as a visitor takes to read an
    /// answer. It takes no worker; each part of the answer is made in a [`turn`](Self::turn).
    pub(crate) async fn admit_stream(&self, bytes: u64) -> Result<Permit, Refusal> {
        let memory = self.wait(bytes, self.memory(bytes)).await?;
        Ok(Permit { _worker: None, _memory: Some(memory) })
    }

    /// No longer than visitors are kept waiting, and not at all for what can never be.
    async fn wait<T>(
        &self,
        bytes: u64,
        turn: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        if bytes > self.config.memory_bytes {
            return Err(Refusal::Impossible);
        }
        let max_wait = Duration::from_secs(self.config.max_wait_seconds);
        tokio::time::timeout(max_wait, turn).await.unwrap_or(Err(Refusal::Busy))
    }

    /// Waits for a worker for large drawings, as one who was admitted before.
    pub(crate) async fn turn(&self) -> Result<Permit, Refusal> {
        let worker = Arc::clone(&self.large.workers).acquire_owned().await;
        Ok(Permit { _worker: Some(worker.map_err(|_| Refusal::Busy)?), _memory: None })
    }

    async fn memory(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Refusal> {
        let memory = Arc::clone(&self.memory).acquire_many_owned(steps(bytes)).await;
        memory.map_err(|_| Refusal::Busy)
    }
}

fn steps(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(STEP)).unwrap_or(u32::MAX)
}

/// Workers, and a short queue for them.
struct Lane {
    workers: Arc<Semaphore>,
    waiting: AtomicUsize,
    queue: usize,
}

impl Lane {
    fn new(workers: usize, queue: usize) -> Self {
        Self { workers: Arc::new(Semaphore::new(workers)), waiting: AtomicUsize::new(0), queue }
    }

    async fn enter(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        if let Ok(permit) = Arc::clone(&self.workers).try_acquire_owned() {
            return Ok(permit);
        }
        let _place = Place::take(self)?;
        Arc::clone(&self.workers).acquire_owned().await.map_err(|_| Refusal::Busy)
    }
}

/// A place in the queue; it is free again when its holder is served, or has left.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(lane: &'a Lane) -> Result<Self, Refusal> {
        let place = Self(&lane.waiting);
        let before = lane.waiting.fetch_add(1, Ordering::Relaxed);
        if before < lane.queue { Ok(place) } else { Err(Refusal::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: u64 = 1024;
    const LARGE: u64 = 40 * 1024 * 1024;

    fn admission(workers: usize, queue: usize) -> Admission {
        waiting_at_most(5, workers, queue)
    }

    fn waiting_at_most(max_wait_seconds: u64, workers: usize, queue: usize) -> Admission {
        Admission::new(DrawingConfig {
            small_bytes: 1024 * 1024,
            small_workers: workers,
            large_workers: workers,
            memory_bytes: 100 * 1024 * 1024,
            queue,
            max_wait_seconds,
        })
    }

    #[tokio::test]
    async fn what_can_never_be_drawn_is_refused_at_once() {
        let admission = admission(1, 1);
        let refused = admission.admit(100 * 1024 * 1024 + 1).await.unwrap_err();
        assert_eq!(refused, Refusal::Impossible);
        assert!(admission.admit(100 * 1024 * 1024).await.is_ok());
    }

    #[tokio::test]
    async fn large_drawings_do_not_keep_small_ones_waiting() {
        let admission = admission(1, 0);
        let _large = admission.admit(LARGE).await.unwrap();
        assert_eq!(admission.admit(LARGE).await.unwrap_err(), Refusal::Busy);
        assert!(admission.admit(SMALL).await.is_ok());
    }

    #[tokio::test]
    async fn who_waits_is_served_when_a_worker_is_free() {
        let admission = Arc::new(admission(1, 1));
        let first = admission.admit(SMALL).await.unwrap();
        let waiting = tokio::spawn({
            let admission = Arc::clone(&admission);
            async move { admission.admit(SMALL).await.is_ok() }
        });
        while admission.small.waiting.load(Ordering::Relaxed) == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(admission.admit(SMALL).await.unwrap_err(), Refusal::Busy, "the queue is full");
        drop(first);
        assert!(waiting.await.unwrap());
        assert!(admission.admit(SMALL).await.is_ok(), "the place is free again");
    }

    #[tokio::test]
    async fn nobody_waits_for_ever() {
        let admission = waiting_at_most(0, 1, 4);
        let _first = admission.admit(SMALL).await.unwrap();
        assert_eq!(admission.admit(SMALL).await.unwrap_err(), Refusal::Busy);
        assert_eq!(admission.small.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn large_drawings_share_a_bounded_memory() {
        let admission = waiting_at_most(0, 8, 8);
        let _two = [admission.admit(LARGE).await.unwrap(), admission.admit(LARGE).await.unwrap()];
        assert_eq!(admission.admit(LARGE).await.unwrap_err(), Refusal::Busy);
        assert!(admission.admit(LARGE / 2).await.is_ok());
    }
}
