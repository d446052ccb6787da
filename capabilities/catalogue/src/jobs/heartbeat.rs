use std::time::Duration;

use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job,
    database::query::{self, micros},
    jobs::finish_job::{HELD, held},
};

impl Catalogue {
    /// Prolongs the lease; `false` if the job is no longer this worker's, who should then stop.
    pub async fn heartbeat(
        &self,
        job: &Job,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = format!("UPDATE job SET due = $4, state = 'asleep' WHERE {HELD}");
        let values = held(job).into_iter().chain([micros(now + lease).into()]);
        Ok(query::run(self.database().writer(), &sql, values).await? > 0)
    }
}
