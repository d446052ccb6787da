use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context;
use catalogue::{Catalogue, Job, JobKind, Priority};
use storage::Bucket;
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{
    config::IngestConfig, engine::Engine, failure::Failure, fetch::Fetcher, projections::keep_tidy,
    scratch::Scratch, stages::Stages,
};

/// Claims jobs and does them, as many at once as configured, until it is told to stop.
pub struct Worker {
    engine: Engine,
    name: String,
}

const ASSETS: &[JobKind] = &[JobKind::IngestImage, JobKind::IngestFile, JobKind::CleanUp];
/// These have lanes of their own: a long film keeps no image waiting, nor many images a film.
const RECORDINGS: &[JobKind] = &[JobKind::IngestTimeBased];
const DOCUMENTS: &[JobKind] = &[JobKind::TakeApart];
const PROJECTIONS: &[JobKind] = &[JobKind::Project];

/// How often is told how far running jobs are, and seen to queues that were paused or go on again.
const LOOK_AFTER_EVERY: Duration = Duration::from_secs(1);

/// How long to wait before the catalogue is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);

impl Worker {
    pub fn new(
        catalogue: Catalogue,
        bucket: Bucket,
        config: &IngestConfig,
        data: &Path,
    ) -> anyhow::Result<Self> {
        let name = format!("{}-{}", host_name(), uuid::Uuid::new_v4().simple());
        let root = match config.scratch.as_os_str().is_empty() {
            true => data.join("scratch"),
            false => config.scratch.clone(),
        };
        let engine = Engine {
            fetcher: Fetcher::new(bucket.clone(), catalogue.clone(), config)?,
            scratch: Scratch::open(&root, &name).context("the scratch folder can't be used")?,
            turns: Semaphore::new(config.worker_count()),
            config: Arc::new(config.clone()),
            stages: Stages::default(),
            catalogue,
            bucket,
        };
        Ok(Self { engine, name })
    }

    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Works until `stop`; then lets running jobs end for a while, and hands back those that do not.
    pub async fn run(self, stop: CancellationToken) {
        let worker = Arc::new(self);
        let mut lanes = JoinSet::new();
        let config = &worker.engine.config;
        for (kinds, count) in [
            (ASSETS, config.worker_count().saturating_add(config.ahead)),
            (RECORDINGS, config.recordings),
            (DOCUMENTS, config.documents),
            (PROJECTIONS, config.projections.workers),
        ] {
            for _ in 0..count {
                lanes.spawn(worker.clone().work(kinds, stop.clone()));
            }
        }
        if config.projections.workers > 0 {
            let (worker, stop) = (worker.clone(), stop.clone());
            lanes.spawn(async move { keep_tidy(&worker.engine, &stop).await });
        }
        let ended = async { while lanes.join_next().await.is_some() {} };
        let out_of_grace = async {
            stop.cancelled().await;
            tokio::time::sleep(worker.engine.config.grace()).await;
        };
        tokio::select! {
            () = ended => {}
            () = out_of_grace => tracing::info!("some jobs were not done in time"),
            () = worker.look_after() => {}
        }
        lanes.shutdown().await;
        match worker.engine.catalogue.release_jobs(&worker.name, worker.engine.now()).await {
            Ok(0) => {}
            Ok(jobs) => tracing::info!(jobs, "handed back"),
            Err(error) => tracing::warn!(?error, "jobs could not be handed back; their leases end"),
        }
    }

    /// Has no end.
    async fn look_after(&self) {
        let catalogue = &self.engine.catalogue;
        loop {
            tokio::time::sleep(LOOK_AFTER_EVERY).await;
            let news = self.engine.stages.news();
            if let Err(error) = catalogue.note_stages(&self.name, &news).await {
                tracing::warn!(?error, "how far jobs are can't be noted");
            }
            if let Err(error) = catalogue.settle_pauses().await {
                tracing::warn!(?error, "paused queues can't be seen to");
            }
        }
    }

    async fn work(self: Arc<Self>, kinds: &[JobKind], stop: CancellationToken) {
        while !stop.is_cancelled() {
            let lease = self.engine.config.lease();
            let claimed =
                self.engine.catalogue.claim_job(kinds, &self.name, lease, self.engine.now()).await;
            let pause = async {
                match claimed {
                    Ok(Some(job)) => return Some(job),
                    Ok(None) => self.engine.catalogue.wait_for_jobs().await,
                    Err(error) => {
                        tracing::warn!(?error, "no job can be claimed");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                None
            };
            let job = tokio::select! {
                job = pause => job,
                () = stop.cancelled() => None,
            };
            if let Some(job) = job {
                self.attend_to(&job).await;
            }
        }
    }

    /// Does a job for as long as it is ours.
    #[tracing::instrument(skip_all, fields(job = %job.id, asset = %job.asset))]
    async fn attend_to(&self, job: &Job) {
        let begun = std::time::Instant::now();
        let _followed = self.engine.stages.follow(job.id);
        let result = tokio::select! {
            result = self.engine.run(job) => result,
            () = self.lease_is_lost(job) => {
                tracing::warn!("the lease was lost; another worker has this job");
                return;
            }
        };
        let outcome = match result {
            Ok(()) => "done",
            Err(failure) => self.settle(job, &failure).await,
        };
        metrics::counter!("recto_jobs_total", "kind" => kind(job), "outcome" => outcome)
            .increment(1);
        metrics::histogram!("recto_job_seconds", "kind" => kind(job)).record(begun.elapsed());
    }

    /// Ends when the job is no longer ours.
    async fn lease_is_lost(&self, job: &Job) {
        let lease = self.engine.config.lease();
        loop {
            tokio::time::sleep(lease / 3).await;
            match self.engine.catalogue.heartbeat(job, lease, self.engine.now()).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(?error, "a heartbeat failed"),
            }
        }
    }

    /// Decides what becomes of a job that failed; answers the word for it.
    async fn settle(&self, job: &Job, failure: &Failure) -> &'static str {
        let may_retry = failure.may_pass() && job.priority != Priority::Immediate;
        let reason = failure.to_string();
        match failure {
            Failure::Ours(error) => tracing::error!(?error, "a job failed"),
            Failure::Asset(_) | Failure::Origin(_) => {
                tracing::info!(reason, may_retry, "a job failed")
            }
        }
        let catalogue = &self.engine.catalogue;
        let now = self.engine.now();
        let settled = match may_retry {
            true => {
                catalogue.retry_job(job, &reason, back_off(job.attempts), now).await.map(|_| ())
            }
            false => catalogue.record_failed(job, &reason, now).await.map(|_| ()),
        };
        if let Err(error) = settled {
            tracing::error!(?error, "a failed job can't be settled; its lease ends");
        }
        if may_retry { "retried" } else { "failed" }
    }
}

/// Ten seconds, then four times as long each time, up to an hour.
fn back_off(attempts: u32) -> Duration {
    let factor = 4_u64.saturating_pow(attempts.saturating_sub(1));
    Duration::from_secs(10_u64.saturating_mul(factor).min(3600))
}

fn kind(job: &Job) -> &'static str {
    match job.kind {
        JobKind::IngestImage => "image",
        JobKind::IngestTimeBased => "av",
        JobKind::IngestFile => "file",
        JobKind::TakeApart => "composite",
        JobKind::CleanUp => "clean-up",
        JobKind::Project => "project",
        JobKind::Tile => "tile",
    }
}

/// Tells the operator where a lease is held.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "worker".to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_waits_longer_up_to_an_hour() {
        let seconds: Vec<u64> = (1..8).map(|attempt| back_off(attempt).as_secs()).collect();
        assert_eq!(seconds, [10, 40, 160, 640, 2560, 3600, 3600]);
        assert_eq!(back_off(u32::MAX).as_secs(), 3600);
    }
}
