use std::time::Duration;

use time::OffsetDateTime;

use crate::{Catalogue, Error, Job};

impl Catalogue {
    /// Prolongs the lease; `false` if the job is no longer this worker's, who should then stop.
    pub async fn heartbeat(
        &self,
        _job: &Job,
        _lease: Duration,
        _now: OffsetDateTime,
    ) -> Result<bool, Error> {
        todo!()
    }
}
