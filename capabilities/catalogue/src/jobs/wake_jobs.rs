use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::{
        dialect::for_update_skip_locked,
        query::{self, micros},
    },
};

/// When this process last woke what is due.
pub(crate) struct LastWoken(AtomicI64);

/// In microseconds: whoever has slept for seconds may sleep for a moment more.
const EVERY: i64 = 250_000;

const AT_ONCE: u64 = 1000;

impl Default for LastWoken {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl LastWoken {
    /// A clock that was put back wakes, too.
    fn is_due(&self, now: i64) -> bool {
        let last = self.0.load(Relaxed);
        now < last || now >= last.saturating_add(EVERY)
    }
}

impl Catalogue {
    /// Makes ready what was to be tried again by now, and what a worker holds whose lease has ended.
    pub(crate) async fn wake_jobs(&self, now: OffsetDateTime) -> Result<(), Error> {
        let now = micros(now);
        let last = &self.parts().last_woken;
        if !last.is_due(now) {
            return Ok(());
        }
        let lock = for_update_skip_locked(self.database().writer());
        let sql = format!(
            "UPDATE job SET state = 'ready' WHERE id IN (
                SELECT id FROM job WHERE state = 'asleep' AND due <= $1
                ORDER BY due LIMIT $2{lock})"
        );
        let values = [now.into(), AT_ONCE.into()];
        let woken = query::run(self.database().writer(), &sql, values).await?;
        // With more than that, there is more to do.
        if woken < AT_ONCE {
            last.0.store(now, Relaxed);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_looked_now_and_then_and_whenever_the_clock_was_put_back() {
        let last = LastWoken::default();
        assert!(last.is_due(7));
        last.0.store(1_000_000, Relaxed);
        for (now, is_due) in
            [(1_000_000, false), (1_249_999, false), (1_250_000, true), (999_999, true)]
        {
            assert_eq!(last.is_due(now), is_due, "{now}");
        }
    }
}
