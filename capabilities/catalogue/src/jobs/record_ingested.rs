use std::slice;

use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, AtOrigin, Catalogue, Error, Job, KeptObject, Leftovers, Recording,
    assets::asset_row,
    batches::batch_members,
    database::query,
    jobs::{
        enqueue::{clean_up, clean_up_version},
        new_job,
    },
    storage::storage_use::{self, Load},
};

/// What processing found out and left in the storage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingested {
    pub width: u32,
    pub height: u32,
    /// In milliseconds.
    pub duration: u64,
    pub gray: bool,
    /// Width and height of every stored thumbnail.
    pub thumbnails: Vec<(u32, u32)>,
    pub source_bytes: u64,
    /// What is kept for delivery, thumbnails not counted.
    pub objects: Vec<KeptObject>,
    pub thumbnail_bytes: u64,
    /// Of audio and video.
    pub recording: Recording,
    /// The original, if it stays in its owner's bucket.
    pub at_origin: Option<AtOrigin>,
}

/// Whether a result still mattered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    Accepted,
    /// The asset was deleted, or is being processed anew: what this job stored is being cleaned up.
    Outdated,
}

impl Catalogue {
    /// Ends a job with its result: from now on the version that it made is delivered.
    ///
    /// Which worker made it does not matter: the same job makes the same under the same keys.
    pub async fn record_ingested(
        &self,
        job: &Job,
        ingested: &Ingested,
        now: OffsetDateTime,
    ) -> Result<Recorded, Error> {
        let change = self.database().begin().await?;
        let before = asset_row::select_for_update(&change, &job.asset).await?;
        query::run(&change, "DELETE FROM job WHERE id = $1", [job.id.0.into()]).await?;
        let recorded = match before {
            Some(before) if before.pending == Some(job.version) => {
                accept(&change, &before, ingested, now).await?;
                Recorded::Accepted
            }
            // The worker did not hear that it had been recorded.
            Some(before) if before.version == job.version => Recorded::Accepted,
            _ => {
                let leftovers = Leftovers { versions: vec![job.version], ..Leftovers::default() };
                clean_up(&change, &job.asset, leftovers, now).await?;
                Recorded::Outdated
            }
        };
        change.commit().await?;
        self.parts().note_change(&job.asset);
        self.parts().bells.ring_ended(job.id);
        Ok(recorded)
    }
}

async fn accept(
    change: &impl ConnectionTrait,
    before: &Asset,
    ingested: &Ingested,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let mut after = before.clone();
    after.version = after.pending.take().unwrap_or_default();
    after.kept = None;
    (after.width, after.height) = (ingested.width, ingested.height);
    after.duration = ingested.duration;
    after.gray = ingested.gray;
    after.thumbnails = ingested.thumbnails.clone();
    after.thumbnails.sort_unstable_by(|one, other| other.cmp(one));
    after.source_bytes = ingested.source_bytes;
    after.stored_bytes = ingested.objects.iter().map(|object| object.bytes).sum();
    after.objects = ingested.objects.clone();
    after.thumbnail_bytes = ingested.thumbnail_bytes;
    after.recording = ingested.recording.clone();
    after.at_origin = ingested.at_origin.clone();
    after.ingesting = false;
    after.error = None;
    after.finished = Some(now);
    after.modified = now;
    asset_row::update(change, before, &after).await?;
    let more = Load::of(&after).minus(Load::of(before));
    storage_use::add(change, (after.id.customer, after.id.space), more, now).await?;
    let replaced = clean_up_version(before, Vec::new(), now);
    new_job::insert_all(change, replaced.as_slice(), now).await?;
    batch_members::end(change, slice::from_ref(&after.id), None, now).await
}
