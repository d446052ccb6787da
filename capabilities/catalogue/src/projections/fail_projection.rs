use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job,
    database::query::{self, micros},
    jobs::finish_job::{end_held, readable},
};

impl Catalogue {
    /// Gives a projection up, for a reason that those who asked for it can read; `false` if the job is another worker's.
    ///
    /// The job is gone: whoever asks again later gets another.
    pub async fn fail_projection(
        &self,
        job: &Job,
        error: &str,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let change = self.database().begin().await?;
        let sql = "UPDATE projection SET failed = $2, error = $3 WHERE id = $1";
        let values = [job.asset.name().into(), micros(now).into(), readable(error).into()];
        query::run(&change, sql, values).await?;
        if !end_held(&change, job).await? {
            return Ok(false);
        }
        change.commit().await?;
        self.parts().bells.ring_ended(job.id);
        Ok(true)
    }
}
