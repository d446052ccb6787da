use std::time::Duration;

use tokio::{
    sync::{Notify, broadcast, watch},
    time::{Instant, sleep, timeout_at},
};

use crate::JobId;

/// Rings between the parts of this process; other processes are noticed by looking.
pub(crate) struct Bells {
    queued: Notify,
    ended: broadcast::Sender<JobId>,
    told: watch::Sender<()>,
}

/// How often is looked for what other processes have queued or ended.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(800);

impl Bells {
    /// A job was queued, and the transaction that did it has ended.
    pub(crate) fn ring_queued(&self) {
        self.queued.notify_waiters();
        self.queued.notify_one(); // for the next who comes to wait
    }

    pub(crate) fn ring_ended(&self, job: JobId) {
        // Nobody waiting is no error.
        let _ = self.ended.send(job);
    }

    pub(crate) async fn wait_queued(&self) {
        tokio::select! {
            () = self.queued.notified() => (),
            () = sleep(LOOK_EVERY) => (),
        }
    }

    /// Something has happened that others want to know, and the transaction in which it did has ended.
    pub(crate) fn ring_told(&self) {
        self.told.send_replace(());
    }

    pub(crate) fn hear_told(&self) -> watch::Receiver<()> {
        self.told.subscribe()
    }

    pub(crate) fn listen(&self) -> Listener {
        Listener(self.ended.subscribe())
    }
}

/// Hears every job that ends from now on.
pub(crate) struct Listener(broadcast::Receiver<JobId>);

impl Listener {
    /// Returns when the job was heard to end, when it is time to look, or at the deadline.
    pub(crate) async fn wait(&mut self, job: JobId, deadline: Instant) {
        let look = deadline.min(Instant::now() + LOOK_EVERY);
        let heard = async {
            // Having missed some is a reason to look, too.
            while self.0.recv().await.is_ok_and(|ended| ended != job) {}
        };
        let _ = timeout_at(look, heard).await;
    }
}

impl Default for Bells {
    fn default() -> Self {
        Self {
            queued: Notify::new(),
            ended: broadcast::channel(1024).0,
            told: watch::Sender::new(()),
        }
    }
}
