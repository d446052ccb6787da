use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use serde_json::{Value, json};

/// What a profile has done since the start, for `/status`.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) requests: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) known: AtomicU64,
    pub(super) fetched: AtomicU64,
    pub(super) revalidated: AtomicU64,
    pub(super) in_place: AtomicU64,
    pub(super) converted: AtomicU64,
    /// Images that are looked at, fetched or made ready now.
    in_use: AtomicU64,
    /// By the kind of the error.
    errors: Mutex<BTreeMap<&'static str, u64>>,
    last_response: Mutex<Option<Duration>>,
}

/// Work on an image that is under way, however it ends.
pub(super) struct InUse<'a>(&'a AtomicU64);

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Tally {
    pub(super) fn begin(&self) -> InUse<'_> {
        self.in_use.fetch_add(1, Relaxed);
        InUse(&self.in_use)
    }

    pub(super) fn in_use(&self) -> u64 {
        self.in_use.load(Relaxed)
    }

    pub(super) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Relaxed);
    }

    pub(super) fn error(&self, kind: &'static str) {
        *self.errors.lock().unwrap_or_else(PoisonError::into_inner).entry(kind).or_default() += 1;
    }

    pub(super) fn responded(&self, took: Duration) {
        *self.last_response.lock().unwrap_or_else(PoisonError::into_inner) = Some(took);
    }

    pub(super) fn to_json(&self) -> Value {
        let read = |counter: &AtomicU64| counter.load(Relaxed);
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        let took = *self.last_response.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = read(&self.failed);
        json!({
            "requests": read(&self.requests),
            "completed": read(&self.requests).saturating_sub(failed),
            "known": read(&self.known),
            "fetched": read(&self.fetched),
            "revalidated": read(&self.revalidated),
            "in_place": read(&self.in_place),
            "converted": read(&self.converted),
            "errors": failed,
            "error_breakdown": *errors,
            "response_time": took.map(|took| took.as_secs_f64()),
        })
    }
}
