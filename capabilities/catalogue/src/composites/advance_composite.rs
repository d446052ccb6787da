use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::{Composite, CompositeStatus};
use crate::{
    Catalogue, Error, Job, JobKind,
    database::query::{self, micros},
    jobs::finish_job::{HELD, held},
};

impl Catalogue {
    /// Notes how far a document is: what is being done, how many pages it has, and which of them are registered where.
    pub async fn advance_composite(
        &self,
        composite: &Composite,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        write(self.database().writer(), composite, now).await
    }

    /// Ends the job of a document whose pages are all registered.
    pub async fn complete_composite(
        &self,
        job: &Job,
        composite: &Composite,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let change = self.database().begin().await?;
        let sql = format!("DELETE FROM job WHERE {HELD}");
        if query::run(&change, &sql, held(job)).await? > 0 {
            let status = CompositeStatus::Completed;
            write(&change, &Composite { status, ..composite.clone() }, now).await?;
        }
        change.commit().await?;
        self.parts().bells.ring_ended(job.id);
        Ok(())
    }
}

/// Gives a document the error that its job ended with, for good.
pub(crate) async fn fail(
    change: &impl ConnectionTrait,
    job: &Job,
    error: &str,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if job.kind != JobKind::TakeApart {
        return Ok(());
    }
    let sql = "UPDATE composite SET status = $2, error = $3, modified = $4 WHERE id = $1";
    let status = CompositeStatus::Error.as_str();
    let values: [Value; 4] =
        [job.asset.name().into(), status.into(), error.into(), micros(now).into()];
    query::run(change, sql, values).await.map(|_| ())
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

async fn write(
    database: &impl ConnectionTrait,
    composite: &Composite,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "UPDATE composite SET status = $2, pages = $3, registered = $4, batches = $5,
               modified = $6 WHERE id = $1";
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let batches = serde_json::to_string(&composite.batches).expect("numbers become JSON");
    let values: [Value; 6] = [
        composite.id.as_str().into(),
        composite.status.as_str().into(),
        composite.pages.map(number).into(),
        number(composite.registered).into(),
        batches.into(),
        micros(now).into(),
    ];
    query::run(database, sql, values).await.map(|_| ())
}
