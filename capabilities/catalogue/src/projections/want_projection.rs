use time::OffsetDateTime;

use super::{ProjectionName, projection};
use crate::{
    Catalogue, Error, JobId, JobKind, Priority,
    database::{
        dialect::for_update,
        query::{self, micros},
    },
    jobs::new_job::{self, NewJob},
};

const ATTEMPTS: i64 = 3;

impl Catalogue {
    /// Has a projection made, for the first time or anew, unless that is under way already; returns the job.
    pub async fn want_projection(
        &self,
        name: &ProjectionName,
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<JobId, Error> {
        let id = name.id();
        let change = self.database().begin().await?;
        let sql =
            "INSERT INTO projection (id, customer, kind, query, arguments, created, asked, version,
                items, pages, bytes, roles, shown)
            VALUES ($1, $2, $3, $4, $5, $6, $6, 0, 0, 0, 0, '[]', '[]')
            ON CONFLICT (id) DO UPDATE SET asked = excluded.asked, failed = NULL, error = NULL";
        let values = [
            id.as_str().into(),
            name.customer.into(),
            name.kind.as_str().into(),
            name.query.as_str().into(),
            name.arguments.as_str().into(),
            micros(now).into(),
        ];
        query::run(&change, sql, values).await?;
        let found = projection::select(&change, &id, for_update(&change)).await?;
        let found = found.ok_or_else(|| query::unreadable("id"))?;
        if let Some(job) = found.job {
            change.commit().await?;
            return Ok(job);
        }
        let before = found.made.map_or(0, |made| made.version);
        let job = NewJob {
            asset: name.subject(),
            kind: JobKind::Project,
            priority,
            due: now,
            version: u64::try_from(micros(now)).unwrap_or_default().max(before + 1),
            leftovers: None,
            max_attempts: ATTEMPTS,
        };
        let job = new_job::insert(&change, &job, now).await?;
        change.commit().await?;
        self.parts().bells.ring_queued();
        Ok(job)
    }
}
