use std::time::Duration;

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Fate, Job, Recorded,
    database::query::{self, micros},
};

/// The job is still held by whom it was given to: its lease may have ended, but nobody took it.
pub(crate) const HELD: &str = "id = $1 AND worker = $2 AND claims = $3";

/// The values of [`HELD`].
pub(crate) fn held(job: &Job) -> [Value; 3] {
    [job.id.0.into(), job.worker.as_str().into(), job.claims.into()]
}

/// Ends a job with what is recorded of it; `false` if it is another worker's by now.
pub(crate) async fn end_held(change: &impl ConnectionTrait, job: &Job) -> Result<bool, Error> {
    let sql = format!("DELETE FROM job WHERE {HELD}");
    Ok(query::run(change, &sql, held(job)).await? > 0)
}

impl Catalogue {
    /// Ends a job that leaves nothing to record; `false` if it was no longer this worker's.
    pub async fn complete_job(&self, job: &Job) -> Result<bool, Error> {
        let ended = end_held(self.database().writer(), job).await?;
        self.parts().bells.ring_ended(job.id);
        Ok(ended)
    }

    /// Puts a job back for a later attempt, or gives it up if this was its last. It keeps its turn.
    pub async fn retry_job(
        &self,
        job: &Job,
        error: &str,
        back_off: Duration,
        now: OffsetDateTime,
    ) -> Result<Fate, Error> {
        if job.attempts >= job.max_attempts {
            let recorded = self.record_failed(job, error, now).await?;
            return Ok(if recorded == Recorded::Accepted { Fate::GivenUp } else { Fate::Lost });
        }
        let sql = format!(
            "UPDATE job SET state = 'asleep', worker = NULL, due = $4, error = $5 WHERE {HELD}"
        );
        let values =
            held(job).into_iter().chain([micros(now + back_off).into(), readable(error).into()]);
        let put_back = query::run(self.database().writer(), &sql, values).await? > 0;
        Ok(if put_back { Fate::Retried } else { Fate::Lost })
    }

    /// Puts back all jobs that a worker holds, as if it had never begun them; returns how many.
    pub async fn release_jobs(&self, worker: &str, now: OffsetDateTime) -> Result<u64, Error> {
        let sql = "UPDATE job SET state = 'ready', worker = NULL, due = $2, attempts = attempts - 1
                   WHERE worker = $1";
        let values = [worker.into(), micros(now).into()];
        let released = query::run(self.database().writer(), sql, values).await?;
        if released > 0 {
            self.parts().bells.ring_queued();
        }
        Ok(released)
    }
}

/// Errors quote what they met, and no database keeps this character in a text.
pub(crate) fn readable(error: &str) -> String {
    error.replace('\0', "\u{fffd}")
}
