use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use anyhow::Context;
use catalogue::{Catalogue, Job, JobKind, Tiling, TilingShard};
use serde::Deserialize;
use static_site::{Event, Shard};
use tokio::{runtime::Handle, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Arguments, inputs::work, make, progress::Report};
use crate::config::Config;

/// Writes the sites that are queued, one part after the other.
pub(crate) struct Tiler {
    catalogue: Catalogue,
    config: Config,
    name: String,
}

/// What was queued.
#[derive(Deserialize)]
struct Command {
    arguments: Vec<String>,
}

/// How far a part is.
#[derive(Default)]
struct Count {
    images: AtomicU64,
    done: AtomicU64,
    failed: AtomicU64,
}

/// How long to wait before the catalogue is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How often is written down how far a part is.
const NOTE_EVERY: Duration = Duration::from_secs(2);

impl Tiler {
    pub(crate) fn new(catalogue: Catalogue, config: Config) -> Self {
        let name = format!("tiler-{}", Uuid::new_v4().simple());
        Self { catalogue, config, name }
    }

    /// Works until `stop`; what is begun then is handed back, and gone on with by whoever comes next.
    ///
    /// It has a thread to itself: the compiler can't see that the writing of a site may move from one to another.
    pub(crate) fn start(self, stop: CancellationToken) -> JoinHandle<()> {
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || runtime.block_on(self.run(stop)))
    }

    async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let claimed = self.catalogue.claim_job(
                &[JobKind::Tile],
                &self.name,
                self.lease(),
                self.catalogue.now(),
            );
            match claimed.await {
                Ok(Some(job)) => {
                    stop.run_until_cancelled(self.attend_to(&job)).await;
                }
                Ok(None) => {
                    stop.run_until_cancelled(self.catalogue.wait_for_jobs()).await;
                }
                Err(error) => {
                    tracing::warn!(?error, "no part of a site can be claimed");
                    stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                }
            }
        }
        if let Err(error) = self.catalogue.release_jobs(&self.name, self.catalogue.now()).await {
            tracing::warn!(?error, "a part of a site could not be handed back; its lease ends");
        }
    }

    /// Does a job for as long as it is ours.
    #[tracing::instrument(skip_all, fields(tiling = job.asset.name(), shard = job.version))]
    async fn attend_to(&self, job: &Job) {
        let count = Count::default();
        let written = tokio::select! {
            written = self.write(job, &count) => written,
            () = self.lease_is_lost(job, &count) => {
                tracing::warn!("the lease was lost; another process has this part");
                return;
            }
        };
        let now = self.catalogue.now();
        let settled = match written {
            Ok(report) => {
                tracing::info!(report = report.summary(), "a part of a site is written");
                let shard = TilingShard { report: Some(report.into()), ..count.shard(job) };
                self.catalogue.complete_tiling_shard(job, &shard, now).await
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a part of a site is not written");
                self.settle(job, error).await
            }
        };
        if let Err(error) = settled {
            tracing::error!(?error, "it can't be written down what was done; the lease ends");
        }
    }

    async fn write(&self, job: &Job, count: &Count) -> anyhow::Result<Report> {
        let begun = std::time::Instant::now();
        let tiling = self.catalogue.tiling(job.asset.name()).await?;
        let tiling: Tiling = tiling.context("it is not known what is to be written")?;
        let Command { arguments } = Command::deserialize(&tiling.command)?;
        let arguments = Arguments::read(&arguments)?;
        let shard = tiling.shard_of(job).map(|shard| Shard::new(shard, tiling.shards));
        let shard = shard.transpose()?;
        let work = work(&self.config, &arguments).await?;
        work.check()?;
        count.images.store(work.images(shard) as u64, Relaxed);
        let outcome = make(&work, shard, &arguments, &|event| count.hear(&event)).await?;
        Ok(Report::of(&outcome, &[], false, begun.elapsed()))
    }

    /// Notes how far the part is, and ends when it is no longer ours.
    async fn lease_is_lost(&self, job: &Job, count: &Count) {
        loop {
            tokio::time::sleep(NOTE_EVERY.min(self.lease() / 3)).await;
            match self.catalogue.heartbeat(job, self.lease(), self.catalogue.now()).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(?error, "a heartbeat failed"),
            }
            if let Err(error) = self.catalogue.advance_tiling_shard(job, &count.shard(job)).await {
                tracing::warn!(?error, "it can't be noted how far a part is");
            }
        }
    }

    async fn settle(&self, job: &Job, error: anyhow::Error) -> Result<(), catalogue::Error> {
        let (reason, now) = (format!("{error:#}"), self.catalogue.now());
        match may_pass(&error) {
            true => self.catalogue.retry_job(job, &reason, BACK_OFF, now).await.map(|_| ()),
            false => self.catalogue.record_failed(job, &reason, now).await.map(|_| ()),
        }
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(self.config.ingest.lease_seconds)
    }
}

/// Before a part is tried again.
const BACK_OFF: Duration = Duration::from_secs(30);

/// What was wrong from the start stays so; anything else may pass.
fn may_pass(error: &anyhow::Error) -> bool {
    !error.chain().any(|cause| matches!(cause.downcast_ref(), Some(static_site::Error::Input(_))))
}

impl Count {
    fn hear(&self, event: &Event<'_>) {
        self.done.fetch_add(1, Relaxed);
        if let Event::Failed(..) = event {
            self.failed.fetch_add(1, Relaxed);
        }
    }

    fn shard(&self, job: &Job) -> TilingShard {
        TilingShard {
            shard: job.version,
            images: self.images.load(Relaxed),
            done: self.done.load(Relaxed),
            failed: self.failed.load(Relaxed),
            ..TilingShard::default()
        }
    }
}
