use std::sync::{Arc, Mutex, PoisonError};

use moka::sync::Cache;
use time::{Duration, OffsetDateTime};

/// How often each key may ask. A key has as many requests in hand as it may make in a minute, and gets them back
/// steadily; each process counts for itself.
#[derive(Clone)]
pub(crate) struct Pace {
    buckets: Cache<String, Arc<Mutex<Bucket>>>,
}

struct Bucket {
    requests: f64,
    filled: OffsetDateTime,
}

impl Pace {
    /// Takes one request; if there is none, says how many seconds it takes until there is.
    pub(crate) fn take(&self, key: &str, per_minute: u32, now: OffsetDateTime) -> Result<(), u64> {
        let full = f64::from(per_minute.max(1));
        let per_second = full / 60.0;
        let new = || Arc::new(Mutex::new(Bucket { requests: full, filled: now }));
        let bucket = self.buckets.get_with_by_ref(key, new);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = (now - bucket.filled).max(Duration::ZERO).as_seconds_f64();
        bucket.requests = (bucket.requests + passed * per_second).min(full);
        bucket.filled = bucket.filled.max(now);
        if bucket.requests < 1.0 {
            let seconds = ((1.0 - bucket.requests) / per_second).ceil();
            return Err(seconds as u64);
        }
        bucket.requests -= 1.0;
        Ok(())
    }
}

impl Default for Pace {
    fn default() -> Self {
        let forgotten_when_full = std::time::Duration::from_secs(120);
        Self {
            buckets: Cache::builder()
                .max_capacity(100_000)
                .time_to_idle(forgotten_when_full)
                .build(),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_minutes_requests_are_in_hand_and_come_back_steadily() {
        let pace = Pace::default();
        let at = |seconds: i64| datetime!(2026-11-21 10:00 UTC) + Duration::seconds(seconds);
        for n in 0..6 {
            assert_eq!(pace.take("a", 6, at(0)), Ok(()), "{n}");
        }
        assert_eq!(pace.take("a", 6, at(0)), Err(10));
        assert_eq!(pace.take("a", 6, at(4)), Err(6));
        assert_eq!(pace.take("b", 6, at(4)), Ok(()), "another key is another matter");
        assert_eq!(pace.take("a", 6, at(10)), Ok(()));
        assert_eq!(pace.take("a", 6, at(9)), Err(10), "a clock that goes back gives nothing");
        for _ in 0..6 {
            assert_eq!(pace.take("a", 6, at(1000)), Ok(()));
        }
        assert_eq!(pace.take("a", 6, at(1000)), Err(10), "no more than a minute's are saved");
    }
}
