//! Whose turn it is: customers are served one after the other, however long the line of each (decision 18).
//!
//! A job's turn is given to it when it is queued: the next in its customer's line, but none that has been served already.
//! Workers take the lowest.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use sea_orm::{ConnectionTrait, Value};

use super::{lane::Lane, new_job::NewJob};
use crate::{
    Catalogue, Error, Priority,
    database::{dialect::is_postgres, query},
};

/// Where a customer's jobs stand one behind the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line {
    pub(crate) customer: u32,
    pub(crate) lane: Lane,
    pub(crate) priority: Priority,
}

/// The turns of new jobs, in their order.
pub(crate) async fn give(
    change: &impl ConnectionTrait,
    jobs: &[NewJob],
) -> Result<Vec<i64>, Error> {
    let mut next = BTreeMap::new();
    for line in jobs.iter().filter_map(line_of) {
        next.insert(line, 0);
    }
    for (line, turn) in &mut next {
        lock(change, line.customer).await?;
        *turn = next_turn(change, *line).await?;
    }
    let mut turn = |job: &NewJob| {
        let Some(turn) = line_of(job).and_then(|line| next.get_mut(&line)) else { return 0 };
        *turn += 1;
        *turn - 1
    };
    Ok(jobs.iter().map(&mut turn).collect())
}

fn line_of(job: &NewJob) -> Option<Line> {
    let (customer, lane, priority) = (job.asset.customer, job.kind.lane(), job.priority);
    priority.is_in_line().then_some(Line { customer, lane, priority })
}

/// The turn of whoever comes next to a line; the caller has the customer's lock.
pub(crate) async fn next_turn(change: &impl ConnectionTrait, line: Line) -> Result<i64, Error> {
    let own = "SELECT COALESCE(MAX(turn) + 1, 0) FROM job
               WHERE state IN ('ready', 'aside') AND customer = $1 AND lane = $2 AND priority = $3";
    let lane: [Value; 2] = [line.lane.as_str().into(), line.priority.rank().into()];
    let values = [line.customer.into()].into_iter().chain(lane.clone());
    let own = query::one::<i64>(change, own, values).await?.unwrap_or_default();
    let served = "SELECT turn FROM queue_clock WHERE lane = $1 AND priority = $2";
    let served = query::one::<i64>(change, served, lane).await?.unwrap_or_default();
    Ok(own.max(served))
}

/// Whoever queues jobs of the customer at the same time waits until this change has ended, or both would give the same
/// turns. Taken after the rows of assets, and before all that is counted.
pub(crate) async fn lock(change: &impl ConnectionTrait, customer: u32) -> Result<(), Error> {
    if is_postgres(change) {
        query::run(change, "SELECT pg_advisory_xact_lock($1)", [number(customer).into()]).await?;
    }
    Ok(())
}

/// As [`lock`], for those who would rather come again than wait: `false` if somebody has it.
pub(crate) async fn try_lock(change: &impl ConnectionTrait, customer: u32) -> Result<bool, Error> {
    if !is_postgres(change) {
        return Ok(true);
    }
    let sql = "SELECT CASE WHEN pg_try_advisory_xact_lock($1) THEN 1 ELSE 0 END::bigint";
    Ok(query::one::<i64>(change, sql, [number(customer).into()]).await? == Some(1))
}

/// Tells these locks from others.
fn number(customer: u32) -> i64 {
    (0x7475_726e << 32) | i64::from(customer)
}

/// The turns that this process knows to be written down as served.
#[derive(Default)]
pub(crate) struct Clocks(Mutex<HashMap<(Lane, Priority), i64>>);

/// The clock may be so many turns late: a newcomer may be served so many jobs before it waits as others do.
const LATE: i64 = 16;

impl Clocks {
    /// Is it time to write this turn down?
    fn is_due(&self, lane: Lane, priority: Priority, turn: i64) -> bool {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = written.entry((lane, priority)).or_insert(-LATE);
        let is_due = turn >= *last + LATE;
        if is_due {
            *last = turn;
        }
        is_due
    }
}

impl Catalogue {
    /// A job has been taken: from now on nobody is given an earlier turn.
    pub(crate) async fn serve_turn(
        &self,
        (lane, priority): (Lane, Priority),
        turn: i64,
    ) -> Result<(), Error> {
        if !priority.is_in_line() || !self.parts().clocks.is_due(lane, priority, turn) {
            return Ok(());
        }
        let sql = "INSERT INTO queue_clock (lane, priority, turn) VALUES ($1, $2, $3)
                   ON CONFLICT (lane, priority) DO UPDATE SET turn = excluded.turn
                   WHERE queue_clock.turn < excluded.turn";
        let values = [lane.as_str().into(), priority.rank().into(), turn.into()];
        query::run(self.database().writer(), sql, values).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_written_every_so_many_turns_and_never_for_what_is_late() {
        let clocks = Clocks::default();
        let written: Vec<_> =
            (0..40).filter(|turn| clocks.is_due(Lane::Assets, Priority::Normal, *turn)).collect();
        assert_eq!(written, [0, 16, 32]);
        assert!(!clocks.is_due(Lane::Assets, Priority::Normal, 3));
        assert!(clocks.is_due(Lane::Recordings, Priority::Normal, 3), "each lane has its own");
    }
}
