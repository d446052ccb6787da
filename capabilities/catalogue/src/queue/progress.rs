use time::{Duration, OffsetDateTime};

use crate::{
    Batch, Catalogue, Error, Reach,
    database::query::{self, Record, Row, micros, moment},
};

/// How far many assets are, and when the last will be in if it goes on like this.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Of the assets that ended, well or not; what runs counts as far as it is.
    pub percent: u8,
    /// How many ended lately.
    pub rate_per_minute: f64,
    /// Unknown while nothing ends.
    pub estimated_end: Option<OffsetDateTime>,
}

/// What ended before that says nothing of how fast it goes now.
const LATELY: Duration = Duration::minutes(5);

/// What has been counted of a batch or a queue.
#[derive(Debug, Clone, Copy)]
struct Counts {
    all: u64,
    waiting: u64,
    /// How many ended since `LATELY`.
    lately: u64,
    /// What runs, in hundredths of an asset.
    hundredths: u64,
    since: OffsetDateTime,
}

impl Catalogue {
    /// How far a batch is.
    pub async fn batch_progress(
        &self,
        batch: &Batch,
        now: OffsetDateTime,
    ) -> Result<Progress, Error> {
        let database = self.database().reader();
        let lately = "SELECT COUNT(*) FROM batch_member WHERE batch = $1 AND ended > $2";
        let values = [batch.id.into(), micros(now - LATELY).into()];
        let lately = query::one::<i64>(database, lately, values).await?;
        // Those that are held are few, and have an index.
        let running = "SELECT CAST(COALESCE(SUM(percent), 0) AS BIGINT) FROM job
            WHERE worker IS NOT NULL AND stage = 'converting' AND customer = $1 AND EXISTS (
                SELECT 1 FROM asset WHERE asset.customer = job.customer
                AND asset.space = job.space AND asset.name = job.name AND asset.batch = $2)";
        let values = [batch.customer.into(), batch.id.into()];
        let running = query::one::<i64>(database, running, values).await?;
        let counts = Counts {
            all: batch.count,
            waiting: batch.count.saturating_sub(batch.completed).saturating_sub(batch.errors),
            lately: unsigned(lately),
            hundredths: unsigned(running),
            since: batch.submitted,
        };
        Ok(Progress::of(counts, now))
    }

    /// How far the batches of a customer are that are unfinished, of all priorities together; `None` if there are none.
    pub async fn queue_progress(
        &self,
        reach: impl Into<Reach>,
        now: OffsetDateTime,
    ) -> Result<Option<Progress>, Error> {
        let reach = reach.into();
        let database = self.database().reader();
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(members), 0) AS BIGINT) AS members,
                CAST(COALESCE(SUM(waiting), 0) AS BIGINT) AS waiting, MIN(submitted) AS since
             FROM batch WHERE customer = $1 AND finished IS NULL AND {}",
            reach.condition_of_batches()
        );
        let open: Option<Open> = query::one(database, &sql, [reach.customer.into()]).await?;
        let Some(Open { members, waiting, since: Some(since) }) = open else { return Ok(None) };
        let lately = format!(
            "SELECT COUNT(*) FROM asset WHERE customer = $1 AND finished > $2 AND {}",
            reach.condition("space")
        );
        let values = [reach.customer.into(), micros(now - LATELY).into()];
        let lately = query::one::<i64>(database, &lately, values).await?;
        let running = format!(
            "SELECT CAST(COALESCE(SUM(percent), 0) AS BIGINT) FROM job
             WHERE worker IS NOT NULL AND stage = 'converting' AND customer = $1
             AND kind = 'ingest-time-based' AND {}",
            reach.condition("space")
        );
        let running = query::one::<i64>(database, &running, [reach.customer.into()]).await?;
        let counts = Counts {
            all: members,
            waiting,
            lately: unsigned(lately),
            hundredths: unsigned(running),
            since,
        };
        Ok(Some(Progress::of(counts, now)))
    }
}

impl Progress {
    fn of(counts: Counts, now: OffsetDateTime) -> Self {
        let Counts { all, waiting, lately, hundredths, since } = counts;
        let hundredths = hundredths.min(waiting * 100);
        let left = (waiting * 100 - hundredths) as f64 / 100.0;
        let ended = all.saturating_sub(waiting) * 100 + hundredths;
        // All of it is only done when nothing waits.
        let percent = if waiting > 0 { (ended / all.max(1)).min(99) } else { 100 };
        let age = (now - since).max(Duration::seconds(1));
        // Long ones are told by how far they are since they came.
        let (ended, minutes) = match lately {
            0 => (hundredths as f64 / 100.0, age.as_seconds_f64() / 60.0),
            lately => (lately as f64, age.min(LATELY).as_seconds_f64() / 60.0),
        };
        let rate = ended / minutes;
        let minutes_left = (waiting > 0 && rate > 0.0).then(|| left / rate);
        let estimated_end = minutes_left.filter(|minutes| *minutes < MAX_MINUTES);
        let estimated_end =
            estimated_end.map(|minutes| now + Duration::seconds_f64(minutes * 60.0));
        Self {
            percent: percent as u8,
            rate_per_minute: (rate * 10.0).round() / 10.0,
            estimated_end,
        }
    }
}

/// What is to take years is no estimate.
const MAX_MINUTES: f64 = 5.0 * 365.0 * 24.0 * 60.0;

fn unsigned(number: Option<i64>) -> u64 {
    number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
}

struct Open {
    members: u64,
    waiting: u64,
    since: Option<OffsetDateTime>,
}

impl Record for Open {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            members: row.number("members")?,
            waiting: row.number("waiting")?,
            since: row.optional_number("since")?.map(moment),
        })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-01-05 12:00 UTC);

    fn progress(all: u64, waiting: u64, lately: u64, hundredths: u64, age: Duration) -> Progress {
        Progress::of(Counts { all, waiting, lately, hundredths, since: NOW - age }, NOW)
    }

    #[test]
    fn what_ended_lately_tells_when_the_rest_will_have() {
        let told = progress(1000, 600, 100, 0, Duration::hours(1));
        assert_eq!((told.percent, told.rate_per_minute), (40, 20.0));
        assert_eq!(told.estimated_end, Some(NOW + Duration::minutes(30)));
    }

    #[test]
    fn a_young_batch_is_measured_by_its_own_age() {
        let told = progress(100, 90, 10, 0, Duration::seconds(30));
        assert_eq!((told.percent, told.rate_per_minute), (10, 20.0));
        assert_eq!(told.estimated_end, Some(NOW + Duration::seconds(270)));
    }

    #[test]
    fn a_long_film_is_told_by_how_far_it_is() {
        let told = progress(1, 1, 0, 25, Duration::minutes(30));
        assert_eq!(told.percent, 25);
        assert_eq!(told.estimated_end, Some(NOW + Duration::minutes(90)));
    }

    #[test]
    fn nothing_is_promised_where_nothing_ends_and_all_is_only_done_at_the_end() {
        assert_eq!(progress(10, 10, 0, 0, Duration::hours(1)).estimated_end, None);
        assert_eq!(progress(1000, 1, 5, 99, Duration::hours(1)).percent, 99);
        let done = progress(10, 0, 10, 0, Duration::minutes(5));
        assert_eq!((done.percent, done.estimated_end), (100, None));
        assert_eq!(progress(0, 0, 0, 0, Duration::ZERO).percent, 100);
    }
}
