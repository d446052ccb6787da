use std::time::Duration;

use tokio::time::Instant;

use crate::{
    Catalogue, Error, JobEnd, JobId,
    database::query::{self, Record, Row},
};

impl Catalogue {
    /// Returns when there may be a job to claim: one was queued here, or it is time to look.
    pub async fn wait_for_jobs(&self) {
        self.parts().bells.wait_queued().await;
    }

    /// Waits until a job has ended, whichever process does it.
    pub async fn wait_for_job(&self, job: JobId, timeout: Duration) -> Result<JobEnd, Error> {
        let deadline = Instant::now() + timeout;
        let mut listener = self.parts().bells.listen();
        loop {
            let sql = "SELECT state = 'dead' AS dead, error FROM job WHERE id = $1";
            match query::one(self.database().reader(), sql, [job.0.into()]).await? {
                None => return Ok(JobEnd::Ended),
                Some(Standing { dead: true, error }) => return Ok(JobEnd::GivenUp(error)),
                Some(_) if Instant::now() >= deadline => return Ok(JobEnd::TimedOut),
                Some(_) => listener.wait(job, deadline).await,
            }
        }
    }
}

struct Standing {
    dead: bool,
    error: String,
}

impl Record for Standing {
    fn read(row: &Row) -> Result<Self, Error> {
        let error = row.optional_text("error")?.unwrap_or_default();
        Ok(Self { dead: row.flag("dead")?, error })
    }
}
