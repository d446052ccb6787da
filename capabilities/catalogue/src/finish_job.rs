use std::time::Duration;

use time::OffsetDateTime;

use crate::{Catalogue, Error, Fate, Job};

impl Catalogue {
    /// Ends a job that leaves nothing to record; `false` if it was no longer this worker's.
    pub async fn complete_job(&self, _job: &Job) -> Result<bool, Error> {
        todo!()
    }

    /// Puts a job back for a later attempt, or gives it up if this was its last.
    pub async fn retry_job(
        &self,
        _job: &Job,
        _error: &str,
        _back_off: Duration,
        _now: OffsetDateTime,
    ) -> Result<Fate, Error> {
        todo!()
    }

    /// Gives a job up: it stays among the dead letters, and the asset that it was for gets the error.
    pub async fn bury_job(
        &self,
        _job: &Job,
        _error: &str,
        _now: OffsetDateTime,
    ) -> Result<Fate, Error> {
        todo!()
    }

    /// Puts back all jobs that a worker holds, as if it had never begun them; returns how many.
    pub async fn release_jobs(&self, _worker: &str, _now: OffsetDateTime) -> Result<u64, Error> {
        todo!()
    }
}
