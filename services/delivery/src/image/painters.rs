use tokio::runtime::{Builder, Runtime};

use super::{admission::Permit, draw::DrawError};

/// The threads on which pixels are moved: few, and politer than those that answer, so that no
/// drawing keeps a tile waiting for a core.
pub(crate) struct Painters(Option<Runtime>);

/// By so much they stand back. The decoders of ingest stand back further.
pub(super) const NICENESS: i32 = 15;

impl Painters {
    /// At most so many threads, which are started when they are needed.
    pub(crate) fn new(threads: usize) -> Self {
        let mut builder = Builder::new_current_thread();
        builder.max_blocking_threads(threads.max(1)).thread_name("painter").on_thread_start(|| {
            if let Err(error) = rustix::process::nice(NICENESS) {
                tracing::debug!(%error, "a painter is as important as everybody");
            }
        });
        Self(Some(builder.build().expect("a runtime without drivers needs nothing of the system")))
    }

    /// The permit goes with the job, and not with the visitor: work whose visitor has left still
    /// takes its memory until it ends.
    pub(crate) async fn paint<T: Send + 'static>(
        &self,
        permit: Permit,
        job: impl FnOnce() -> Result<T, imaging::Error> + Send + 'static,
    ) -> Result<T, DrawError> {
        let Self(Some(runtime)) = self else { return Err(DrawError::Interrupted) };
        let painted = runtime.spawn_blocking(move || {
            let _permit = permit;
            job()
        });
        Ok(painted.await.map_err(|_| DrawError::Interrupted)??)
    }

    /// Work that needs no permit, because whoever asks for it bounds it.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, DrawError> {
        let Self(Some(runtime)) = self else { return Err(DrawError::Interrupted) };
        runtime.spawn_blocking(job).await.map_err(|_| DrawError::Interrupted)
    }
}

impl Drop for Painters {
    /// Without waiting, as this may happen where waiting is forbidden.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
