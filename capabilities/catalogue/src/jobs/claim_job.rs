use std::time::Duration;

use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job, JobKind,
    database::{
        dialect::for_update_skip_locked,
        query::{self, marks, micros},
    },
};

impl Catalogue {
    /// Takes the next job of these kinds for `lease`; other workers may have it after that.
    ///
    /// A job whose workers all died over it is given up on the way.
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
        let database = self.database().writer();
        let sql = claim(database, kinds.len());
        loop {
            let lease = [worker.into(), micros(now + lease).into(), micros(now).into()];
            let kinds = kinds.iter().map(|kind| kind.as_str().into());
            let job: Option<Job> =
                query::one(database, &sql, lease.into_iter().chain(kinds)).await?;
            match job {
                Some(job) if job.attempts > job.max_attempts => {
                    let times = job.max_attempts;
                    let error = format!("processing was begun {times} times and never ended");
                    self.bury_job(&job, &error, now).await?;
                }
                job => return Ok(job),
            }
        }
    }
}

/// One statement: two workers never get the same job, and one that nobody can have is passed by.
pub(crate) fn claim(database: &impl ConnectionTrait, kinds: usize) -> String {
    let (kinds, lock) = (marks(4, kinds), for_update_skip_locked(database));
    format!(
        "UPDATE job SET worker = $1, due = $2, attempts = attempts + 1 WHERE id = (
            SELECT id FROM job WHERE NOT dead AND due <= $3 AND kind IN ({kinds})
            ORDER BY priority, due, id LIMIT 1{lock})
         RETURNING id, kind, customer, space, name, version, priority, attempts, max_attempts,
            worker, created, leftovers"
    )
}
