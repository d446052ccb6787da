use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many connections to a host at the same time, and no more, however many assets lie there.
pub(super) struct Hosts {
    at_once: usize,
    /// Of a host that nobody asks, nothing is kept for long.
    turns: Mutex<HashMap<String, Weak<Semaphore>>>,
}

/// From so many hosts on, those that nobody asks are forgotten.
const REMEMBERED: usize = 256;

impl Hosts {
    pub(super) fn new(at_once: usize) -> Self {
        Self { at_once: at_once.max(1), turns: Mutex::default() }
    }

    /// Waits for a turn at the host; it ends when it is dropped.
    pub(super) async fn turn(&self, host: &str) -> Option<OwnedSemaphorePermit> {
        self.turns_at(host).acquire_owned().await.ok()
    }

    fn turns_at(&self, host: &str) -> Arc<Semaphore> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = turns.get(host).and_then(Weak::upgrade) {
            return known;
        }
        if turns.len() >= REMEMBERED {
            turns.retain(|_, turns| turns.strong_count() > 0);
        }
        let new = Arc::new(Semaphore::new(self.at_once));
        turns.insert(host.to_owned(), Arc::downgrade(&new));
        new
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_host_is_asked_by_so_many_at_once_and_others_meanwhile() {
        let hosts = Hosts::new(2);
        let two = [hosts.turn("a").await, hosts.turn("a").await];
        assert!(hosts.turn("a").now_or_never().is_none(), "a third has to wait");
        assert!(hosts.turn("b").now_or_never().is_some());
        drop(two);
        assert!(hosts.turn("a").now_or_never().is_some());
    }

    #[tokio::test]
    async fn hosts_that_nobody_asks_are_forgotten() {
        let hosts = Hosts::new(1);
        let asked = hosts.turn("asked").await;
        for n in 0..2 * REMEMBERED {
            hosts.turn(&n.to_string()).await;
        }
        assert!(hosts.turns.lock().unwrap().len() <= REMEMBERED);
        assert!(hosts.turn("asked").now_or_never().is_none(), "it is still being asked");
        drop(asked);
    }
}
