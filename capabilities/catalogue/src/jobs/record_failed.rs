use std::slice;

use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job, Leftovers, Recorded,
    assets::asset_row,
    batches::batch_members,
    composites,
    database::query,
    jobs::{
        enqueue::clean_up,
        finish_job::{HELD, held, readable},
    },
    tilings,
};

impl Catalogue {
    /// Ends a job for good with an error that its owner can read; an older version stays delivered.
    pub async fn record_failed(
        &self,
        job: &Job,
        error: &str,
        now: OffsetDateTime,
    ) -> Result<Recorded, Error> {
        let ended = fail(self, job, error, Ending::Gone, now).await?;
        Ok(if ended { Recorded::Accepted } else { Recorded::Outdated })
    }
}

/// What remains of a job that failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Gone,
    DeadLetter,
}

/// Ends a job and, if it still was this worker's, gives its asset the error.
pub(crate) async fn fail(
    catalogue: &Catalogue,
    job: &Job,
    error: &str,
    ending: Ending,
    now: OffsetDateTime,
) -> Result<bool, Error> {
    let change = catalogue.database().begin().await?;
    // The asset before the job, as in every change of both: so none wait crosswise.
    let asset = asset_row::select_for_update(&change, &job.asset).await?;
    if !end(&change, job, error, ending).await? {
        return Ok(false);
    }
    composites::fail(&change, job, error, now).await?;
    tilings::fail(&change, job, error, now).await?;
    let waits_for_it = |pending| job.kind.is_ingest() && pending == Some(job.version);
    if let Some(before) = asset.filter(|asset| waits_for_it(asset.pending)) {
        let mut after = before.clone();
        after.pending = None;
        after.ingesting = false;
        after.error = Some(readable(error));
        after.finished = Some(now);
        after.modified = now;
        asset_row::update(&change, &before, &after).await?;
        let leftovers = Leftovers { versions: vec![job.version], ..Leftovers::default() };
        clean_up(&change, &job.asset, leftovers, now).await?;
        let error = after.error.as_deref();
        batch_members::end(&change, slice::from_ref(&job.asset), error, now).await?;
    }
    change.commit().await?;
    catalogue.parts().note_change(&job.asset);
    catalogue.parts().bells.ring_ended(job.id);
    Ok(true)
}

async fn end(
    change: &impl ConnectionTrait,
    job: &Job,
    error: &str,
    ending: Ending,
) -> Result<bool, Error> {
    let ended = match ending {
        Ending::Gone => {
            let sql = format!("DELETE FROM job WHERE {HELD}");
            query::run(change, &sql, held(job)).await?
        }
        Ending::DeadLetter => {
            let sql = format!("UPDATE job SET worker = NULL, dead = TRUE, error = $4 WHERE {HELD}");
            let values = held(job).into_iter().chain([readable(error).into()]);
            query::run(change, &sql, values).await?
        }
    };
    Ok(ended > 0)
}
