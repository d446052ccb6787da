use sea_orm::{ConnectionTrait, Value};
use serde::Serialize;
use time::OffsetDateTime;

use super::{Composite, CompositeStatus};
use crate::{
    Catalogue, Error, Job, JobKind, Leftovers,
    database::query::{self, micros, whole},
    jobs::{enqueue::clean_up_after_worker, finish_job::end_held},
};

impl Catalogue {
    /// Notes what is being done with a document, and what is known of it; `false` if another worker has registered pages
    /// of it since.
    pub async fn advance_composite(
        &self,
        composite: &Composite,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = "UPDATE composite SET status = $3, pages = $4, drawn = $5, skipped = $6,
                   modified = $7 WHERE id = $1 AND registered = $2";
        let values: [Value; 7] = [
            composite.id.as_str().into(),
            whole(composite.registered).into(),
            composite.status.as_str().into(),
            composite.pages.map(whole).into(),
            json(&composite.drawn).into(),
            json(&composite.skipped).into(),
            micros(now).into(),
        ];
        Ok(query::run(self.database().writer(), sql, values).await? > 0)
    }

    /// Ends the job of a document whose pages are all registered.
    pub async fn complete_composite(&self, job: &Job, now: OffsetDateTime) -> Result<(), Error> {
        let change = self.database().begin().await?;
        if end_held(&change, job).await? {
            end(&change, job, (CompositeStatus::Completed, None), now).await?;
        }
        change.commit().await?;
        self.parts().bells.ring_ended(job.id);
        Ok(())
    }
}

/// Gives a document the error that its job ended with, for good, and has its pages removed that became nobody's origin.
pub(crate) async fn fail(
    change: &impl ConnectionTrait,
    job: &Job,
    error: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if job.kind != JobKind::TakeApart {
        return Ok(());
    }
    let sql = "SELECT drawn FROM composite WHERE id = $1";
    let drawn = query::one::<String>(change, sql, [job.asset.name().into()]).await?;
    let drawn = drawn.map(|json| serde_json::from_str(&json)).transpose();
    let uploads = drawn.map_err(|_| query::unreadable("drawn"))?.unwrap_or_default();
    let leftovers = Leftovers { uploads, ..Leftovers::default() };
    clean_up_after_worker(change, &job.asset, leftovers, now).await?;
    end(change, job, (CompositeStatus::Error, Some(error.to_owned())), now).await
}

/// Has a document that failed wait again, with its job.
pub(crate) async fn try_again(
    change: &impl ConnectionTrait,
    id: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE composite SET status = $2, error = NULL, modified = $3 WHERE id = $1";
    let status = CompositeStatus::Pending.as_str();
    query::run(change, sql, [id.into(), status.into(), micros(now).into()]).await.map(|_| ())
}

async fn end(
    change: &impl ConnectionTrait,
    job: &Job,
    (status, error): (CompositeStatus, Option<String>),
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE composite SET status = $2, error = $3, drawn = '[]', modified = $4
               WHERE id = $1";
    let values: [Value; 4] =
        [job.asset.name().into(), status.as_str().into(), error.into(), micros(now).into()];
    query::run(change, sql, values).await.map(|_| ())
}

pub(super) fn json(list: &[impl Serialize]) -> String {
    serde_json::to_string(list).expect("numbers and texts become JSON")
}
