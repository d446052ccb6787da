use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// How many connections stay open for events, and that they end with the service. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    room: Arc<Semaphore>,
    closing: CancellationToken,
}

impl Streams {
    pub(crate) fn new(most: usize) -> Self {
        let room = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        Self { room, closing: CancellationToken::new() }
    }

    /// Room for one more, until it is dropped.
    pub(crate) fn admit(&self) -> Option<OwnedSemaphorePermit> {
        self.room.clone().try_acquire_owned().ok()
    }

    /// The same, ended by another hand.
    pub(crate) fn closed_by(self, closing: CancellationToken) -> Self {
        Self { closing, ..self }
    }

    pub(crate) async fn closing(&self) {
        self.closing.cancelled().await;
    }
}
