use std::slice;

use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Job, JobKind, Leftovers, Recorded,
    assets::asset_row,
    batches::batch_members,
    composites,
    database::query::{self, micros},
    jobs::{
        enqueue::clean_up,
        finish_job::{HELD, held, readable},
    },
};

impl Catalogue {
    /// Gives a job up, for whichever reason: it stays among the dead letters, and what it was for gets an error that its
    /// owner can read. An older version stays delivered. Of a projection or a site, that alone tells.
    pub async fn record_failed(
        &self,
        job: &Job,
        error: &str,
        now: OffsetDateTime,
    ) -> Result<Recorded, Error> {
        let ended = match job.kind {
            JobKind::Project => self.fail_projection(job, error, now).await?,
            JobKind::Tile => self.fail_tiling_shard(job, error, now).await?,
            JobKind::IngestImage
            | JobKind::IngestTimeBased
            | JobKind::IngestFile
            | JobKind::TakeApart
            | JobKind::CleanUp => self.bury(job, &readable(error), now).await?,
        };
        Ok(if ended { Recorded::Accepted } else { Recorded::Outdated })
    }

    /// `false` if the job is no longer this worker's.
    async fn bury(&self, job: &Job, error: &str, now: OffsetDateTime) -> Result<bool, Error> {
        let change = self.database().begin().await?;
        // The asset before the job, as in every change of both: so none wait crosswise.
        let asset = asset_row::select_for_update(&change, &job.asset).await?;
        let sql = format!(
            "UPDATE job SET state = 'dead', worker = NULL, due = $4, error = $5 WHERE {HELD}"
        );
        let values = held(job).into_iter().chain([micros(now).into(), error.into()]);
        if query::run(&change, &sql, values).await? == 0 {
            return Ok(false);
        }
        composites::fail(&change, job, error, now).await?;
        let waits_for_it = |pending| job.kind.is_ingest() && pending == Some(job.version);
        if let Some(before) = asset.filter(|asset| waits_for_it(asset.pending)) {
            let mut after = before.clone();
            after.pending = None;
            after.ingesting = false;
            after.error = Some(error.to_owned());
            after.finished = Some(now);
            after.modified = now;
            asset_row::update(&change, &before, &after).await?;
            let leftovers = Leftovers { versions: vec![job.version], ..Leftovers::default() };
            clean_up(&change, &job.asset, leftovers, now).await?;
            batch_members::end(&change, slice::from_ref(&job.asset), Some(error), now).await?;
        }
        change.commit().await?;
        self.parts().note_change(&job.asset);
        self.parts().bells.ring_ended(job.id);
        Ok(true)
    }
}
