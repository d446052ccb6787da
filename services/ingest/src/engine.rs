use std::sync::Arc;

use anyhow::Context;
use catalogue::{Asset, Catalogue, Ingested, Job, JobKind, KeptObject, Priority, Stage, StageNote};
use iiif::image::{Size, Version};
use model::{AssetId, AvPreset, DeliveryChannel};
use storage::Bucket;
use time::OffsetDateTime;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    adopt::adopt,
    clean_up::clean_up,
    composites::keep_words,
    config::IngestConfig,
    convert::{Made, convert},
    failure::Failure,
    fetch::Fetcher,
    keep::{Kept, keep},
    projections::project,
    recordings::{Transcoding, keep_recording, transcode},
    scratch::Scratch,
    source::{Source, uses_original},
    stages::Stages,
};

/// Does jobs, one story for each kind.
pub(crate) struct Engine {
    pub(crate) catalogue: Catalogue,
    pub(crate) bucket: Bucket,
    pub(crate) fetcher: Fetcher,
    pub(crate) scratch: Scratch,
    /// Of those who convert: they are fewer than those who fetch and put away.
    pub(crate) turns: Semaphore,
    pub(crate) config: Arc<IngestConfig>,
    pub(crate) stages: Stages,
}

/// The sizes that the platform itself uses, made for every image beside those of its policy.
const PLATFORM_SIZES: [&str; 4] = ["!1024,1024", "!400,400", "!200,200", "!100,100"];

impl Engine {
    /// Does a job and ends it in the catalogue; a failure is left to the caller to end.
    pub(crate) async fn run(&self, job: &Job) -> Result<(), Failure> {
        match job.kind {
            JobKind::IngestImage => self.ingest_image(job).await,
            JobKind::IngestFile => self.ingest_file(job).await,
            JobKind::IngestTimeBased => self.ingest_recording(job).await,
            JobKind::TakeApart => self.take_apart(job).await,
            JobKind::Project => project(self, job).await,
            JobKind::Tile => Err(anyhow::anyhow!("sites are written by others").into()),
            JobKind::CleanUp => {
                clean_up(&self.catalogue, &self.bucket, job).await?;
                self.catalogue.complete_job(job).await.context("the job can't be ended")?;
                Ok(())
            }
        }
    }

    /// Brings one image in. Every step may run twice: a retry starts again from the top.
    async fn ingest_image(&self, job: &Job) -> Result<(), Failure> {
        let asset = self.asset(&job.asset).await?;
        let folder = self.scratch.for_job().context("there is no room for files in the making")?;
        let found = self.look(job, &asset).await?;
        let source = self.fetch(&asset, found, folder.path()).await?;
        let sizes = self.thumbnail_sizes(&asset).await?;
        let turn = self.turn(job).await?;
        self.begin(job).await?;
        if uses_original(&asset) {
            let taken = adopt(&self.config, &self.bucket, job, sizes, (&source, folder.path()));
            return self.record(job, &taken.await?).await;
        }
        let made = convert(&self.config, sizes, &source.fetched, folder.path()).await?;
        drop(turn);
        self.stages.enter(job.id, Stage::Storing);
        let original = self.keep_original_if_wanted(&asset, job, &source, folder.path()).await?;
        let words = keep_words(&self.bucket, &asset, job).await?;
        let kept = keep(&self.bucket, &job.asset, job.version, &made).await?;
        let beside = original.into_iter().chain(words);
        self.record(job, &ingested(source, &made, kept, beside)).await
    }

    /// What a job waits for before it converts, unless somebody waits for it.
    async fn turn(&self, job: &Job) -> Result<Option<SemaphorePermit<'_>>, Failure> {
        if job.priority == Priority::Immediate {
            return Ok(None);
        }
        let turn = self.turns.acquire().await;
        Ok(Some(turn.context("nothing is converted any more")?))
    }

    /// Writes down at once that a job is converted: should this process die now, that may be why.
    async fn begin(&self, job: &Job) -> Result<(), Failure> {
        let note = StageNote { job: job.id, stage: Stage::Converting, percent: None };
        let noted = self.catalogue.note_stages(&job.worker, &[note]).await;
        noted.context("it can't be noted that a job has begun")?;
        self.stages.enter(job.id, Stage::Converting);
        Ok(())
    }

    /// Brings in bytes that are delivered as they are.
    async fn ingest_file(&self, job: &Job) -> Result<(), Failure> {
        let asset = self.asset(&job.asset).await?;
        let found = self.look(job, &asset).await?;
        if let Some(seen) = &found.at_origin {
            // Nothing is made of it, so nothing has to be fetched.
            let (source_bytes, at_origin) = (seen.bytes, Some(seen.clone()));
            let ingested = Ingested { source_bytes, at_origin, ..Ingested::default() };
            return self.record(job, &ingested).await;
        }
        let folder = self.scratch.for_job().context("there is no room for files in the making")?;
        let source = self.fetch(&asset, found, folder.path()).await?;
        self.stages.enter(job.id, Stage::Storing);
        let original = self.keep_original_if_wanted(&asset, job, &source, folder.path()).await?;
        let (source_bytes, objects) = (source.fetched.bytes, Vec::from_iter(original));
        self.record(job, &Ingested { source_bytes, objects, ..Ingested::default() }).await
    }

    /// Brings audio or video in.
    async fn ingest_recording(&self, job: &Job) -> Result<(), Failure> {
        let asset = self.asset(&job.asset).await?;
        let folder = self.scratch.for_job().context("there is no room for files in the making")?;
        let found = self.look(job, &asset).await?;
        let source = self.fetch(&asset, found, folder.path()).await?;
        let presets = self.policy_entries(&asset, DeliveryChannel::IiifAv).await?;
        let presets: Vec<AvPreset> = presets.iter().filter_map(|name| name.parse().ok()).collect();
        let is_video = asset.media_type.as_str().starts_with("video/");
        let wanted = Transcoding { presets: &presets, is_video };
        self.begin(job).await?;
        let on_progress = |percent| self.stages.advance(job.id, Stage::Converting, percent);
        let made =
            transcode(&self.config, wanted, (&source.fetched, folder.path()), on_progress).await?;
        self.stages.enter(job.id, Stage::Storing);
        let mut objects = keep_recording(&self.bucket, (&job.asset, job.version), &made).await?;
        let original = self.keep_original_if_wanted(&asset, job, &source, folder.path()).await?;
        objects.extend(original);
        let ingested = Ingested {
            width: made.extent.0,
            height: made.extent.1,
            duration: made.duration,
            source_bytes: source.fetched.bytes,
            objects,
            recording: made.recording,
            at_origin: source.at_origin,
            ..Ingested::default()
        };
        self.record(job, &ingested).await
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.catalogue.now()
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset, Failure> {
        let asset = self.catalogue.asset(id).await.context("the asset can't be looked up")?;
        asset.ok_or_else(|| Failure::Asset("the asset was deleted".to_owned()))
    }

    /// What the platform and the asset's policy want; whatever they have in common is made once.
    async fn thumbnail_sizes(&self, asset: &Asset) -> Result<Vec<Size>, Failure> {
        let own = self.policy_entries(asset, DeliveryChannel::Thumbs).await?;
        let platform = PLATFORM_SIZES.iter().filter_map(|text| size(text));
        Ok(platform.chain(own.iter().filter_map(|text| size(text))).collect())
    }

    /// What the policy of one of its channels lists; nothing without the channel.
    async fn policy_entries(
        &self,
        asset: &Asset,
        channel: DeliveryChannel,
    ) -> Result<Vec<String>, Failure> {
        let Some(own) = asset.channels.iter().find(|own| own.channel == channel) else {
            return Ok(Vec::new());
        };
        let customer = asset.id.customer;
        let policy = self.catalogue.delivery_channel_policy(customer, channel, &own.policy).await;
        let policy = policy.context("the policy of a delivery channel can't be looked up")?;
        match policy.and_then(|policy| policy.data) {
            Some(json) => Ok(serde_json::from_str(&json).context("a policy is no list")?),
            None => Ok(Vec::new()),
        }
    }

    async fn record(&self, job: &Job, ingested: &Ingested) -> Result<(), Failure> {
        let recorded = self.catalogue.record_ingested(job, ingested, self.now()).await;
        let recorded = recorded.context("the result can't be recorded")?;
        tracing::info!(asset = %job.asset, version = job.version, ?recorded, "ingested");
        Ok(())
    }
}

fn ingested(
    source: Source,
    made: &Made,
    kept: Kept,
    beside: impl Iterator<Item = KeptObject>,
) -> Ingested {
    let converted = &made.converted;
    Ingested {
        width: converted.extent.w,
        height: converted.extent.h,
        gray: converted.gray,
        thumbnails: converted.thumbnails.iter().map(|t| (t.extent.w, t.extent.h)).collect(),
        source_bytes: source.fetched.bytes,
        objects: std::iter::once(kept.pyramid).chain(beside).collect(),
        thumbnail_bytes: kept.thumbnail_bytes,
        at_origin: source.at_origin,
        ..Ingested::default()
    }
}

fn size(text: &str) -> Option<Size> {
    Size::parse(text, Version::V3)
}
