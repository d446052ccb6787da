use std::time::Duration;

use time::OffsetDateTime;

use crate::{Catalogue, Error, Job, JobKind};

impl Catalogue {
    /// Takes the next job of these kinds for `lease`; other workers may have it after that.
    pub async fn claim_job(
        &self,
        _kinds: &[JobKind],
        _worker: &str,
        _lease: Duration,
        _now: OffsetDateTime,
    ) -> Result<Option<Job>, Error> {
        todo!()
    }
}
