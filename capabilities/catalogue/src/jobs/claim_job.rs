use std::{collections::BTreeMap, time::Duration};

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::lane::Lane;
use crate::{
    Catalogue, Error, Job, JobKind,
    database::{
        dialect::for_update_skip_locked,
        query::{self, Record, Row, marks, micros},
    },
};

impl Catalogue {
    /// Takes the next job of these kinds for `lease`; other workers may have it after that.
    ///
    /// A job whose workers all died over it is given up on the way: they are many more than its attempts, for most die of
    /// something else.
    pub async fn claim_job(
        &self,
        kinds: &[JobKind],
        worker: &str,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Option<Job>, Error> {
        if kinds.is_empty() {
            return Ok(None);
        }
        self.wake_jobs(now).await?;
        let database = self.database().writer();
        let (sql, kinds) = claim(database, kinds);
        loop {
            let lease = [worker.into(), micros(now + lease).into()];
            let values = lease.into_iter().chain(kinds.clone());
            let claimed: Option<Claimed> = query::one(database, &sql, values).await?;
            let Some(Claimed { job, turn }) = claimed else { return Ok(None) };
            self.serve_turn((job.kind.lane(), job.priority), turn).await?;
            if job.attempts <= job.max_attempts {
                return Ok(Some(job));
            }
            let times = job.claims - 1;
            let error = format!("processing was begun {times} times and never ended");
            self.record_failed(&job, &error, now).await?;
        }
    }
}

/// One statement: two workers never get the same job, and one that nobody can have is passed by. Its values from the
/// third on come with it.
///
/// The first of each lane, and of these the first: so it reads a row of the index for each lane, and sorts these alone.
pub(crate) fn claim(database: &impl ConnectionTrait, kinds: &[JobKind]) -> (String, Vec<Value>) {
    let lock = for_update_skip_locked(database);
    let mut lanes: BTreeMap<Lane, Vec<JobKind>> = BTreeMap::new();
    for kind in kinds {
        lanes.entry(kind.lane()).or_default().push(*kind);
    }
    let mut values: Vec<Value> = Vec::new();
    let first_of = |(lane, kinds): (Lane, Vec<JobKind>)| {
        let mark = values.len() + 3;
        let own = marks(mark + 1, kinds.len());
        values.push(lane.as_str().into());
        values.extend(kinds.iter().map(|kind| Value::from(kind.as_str())));
        let unless_paused = if Lane::OF_QUEUES.contains(&lane) { UNLESS_PAUSED } else { "" };
        format!(
            "SELECT * FROM (SELECT id, priority, turn FROM job
                WHERE state = 'ready' AND lane = ${mark} AND kind IN ({own}){unless_paused}
                ORDER BY priority, turn, id LIMIT 1{lock}) AS first_of_lane"
        )
    };
    let firsts: Vec<_> = lanes.into_iter().map(first_of).collect();
    let sql = format!(
        "UPDATE job SET state = 'asleep', worker = $1, due = $2, claims = claims + 1,
            attempts = CASE WHEN {INNOCENT} THEN attempts ELSE attempts + 1 END,
            stage = NULL, percent = NULL
         WHERE id = (SELECT id FROM ({}) AS firsts ORDER BY priority, turn, id LIMIT 1)
         RETURNING id, kind, customer, space, name, version, priority, claims, attempts,
            max_attempts, worker, created, leftovers, turn",
        firsts.join(" UNION ALL ")
    );
    (sql, values)
}

/// Its worker died, and that is held against it only in the end; sooner if it was being converted, which kills rather
/// than waiting does.
const INNOCENT: &str = "worker IS NOT NULL
    AND claims - attempts < CASE WHEN stage = 'converting' THEN 5 ELSE 15 END";

/// What somebody waits for is done whatever is paused. What is paused is soon not ready any more (see `queue`), so this
/// passes by a few at most.
const UNLESS_PAUSED: &str = " AND (priority = 0 OR (
    customer NOT IN (SELECT customer FROM queue_pause WHERE paused)
    AND NOT EXISTS (SELECT 1 FROM queue_pause WHERE customer = 0 AND paused)))";

struct Claimed {
    job: Job,
    turn: i64,
}

impl Record for Claimed {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { job: Job::read(row)?, turn: row.number("turn")? })
    }
}
