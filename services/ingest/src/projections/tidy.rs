use std::time::Duration;

use anyhow::Context;
use storage::keys;
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::engine::Engine;

/// How often it is looked for files that nobody asks for.
const LOOKS: Duration = Duration::from_secs(3600);
/// So many are removed between two looks at the catalogue.
const AT_ONCE: u64 = 100;

/// Has files that other settings made be made anew, and removes those that nobody asks for any more, until `stop`.
pub(crate) async fn keep_tidy(engine: &Engine, stop: &CancellationToken) {
    let maker = engine.config.projections.maker();
    match engine.catalogue.outdate_projections(&maker).await {
        Ok(0) => {}
        Ok(files) => {
            tracing::info!(files, "made by other settings: they are made anew when asked for")
        }
        Err(error) => tracing::warn!(?error, "files that other settings made are not found"),
    }
    loop {
        if let Err(error) = remove_unasked(engine, engine.catalogue.now()).await {
            tracing::warn!(?error, "files that nobody asks for are not removed");
        }
        if stop.run_until_cancelled(tokio::time::sleep(LOOKS)).await.is_none() {
            return;
        }
    }
}

/// The record goes first: a file that is left behind leads nobody astray.
pub(crate) async fn remove_unasked(engine: &Engine, now: OffsetDateTime) -> anyhow::Result<()> {
    let days = engine.config.projections.keep_days;
    if days == 0 {
        return Ok(());
    }
    let since = now - time::Duration::days(days.into());
    loop {
        let forgotten = engine.catalogue.forget_unasked(since, AT_ONCE).await;
        let forgotten = forgotten.context("they can't be looked up")?;
        for gone in forgotten.iter().filter(|gone| gone.version > 0) {
            // That of this version alone: another one may be in the making by now.
            let key = keys::projection(gone.customer, &gone.id, gone.version, gone.kind.as_str());
            engine.bucket.delete(&key).await.with_context(|| format!("{key} can't be removed"))?;
            tracing::info!(key, "nobody asked for it any more");
        }
        if (forgotten.len() as u64) < AT_ONCE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use catalogue::{
        Catalogue, DatabaseConfig, JobKind, MadeFile, Priority, ProjectionKind, ProjectionName,
    };
    use storage::Bucket;

    use super::*;
    use crate::{IngestConfig, ProjectionsConfig, Worker};

    #[tokio::test]
    async fn a_file_that_nobody_asks_for_goes_after_so_many_days() {
        let config = DatabaseConfig { url: "sqlite::memory:".into(), ..DatabaseConfig::default() };
        let catalogue = Catalogue::open(&config, Path::new("")).await.unwrap();
        catalogue.migrate().await.unwrap();
        catalogue.set_up(catalogue.now()).await.unwrap();
        let (bucket, folder) = (Bucket::in_memory(), tempfile::tempdir().unwrap());
        let projections = ProjectionsConfig { keep_days: 30, ..ProjectionsConfig::default() };
        let config = IngestConfig { projections, ..IngestConfig::default() };
        let worker =
            Worker::new(catalogue.clone(), bucket.clone(), &config, folder.path()).unwrap();
        let engine = worker.engine();

        let name = ProjectionName::new(1, ProjectionKind::Pdf, "book", "vol");
        let asked = catalogue.now();
        catalogue.want_projection(&name, Priority::Normal, asked).await.unwrap();
        let lease = Duration::from_secs(60);
        let job = catalogue.claim_job(&[JobKind::Project], "w", lease, asked).await.unwrap();
        let job = job.unwrap();
        let key = |version| keys::projection(1, &name.id(), version, "pdf");
        for version in [job.version, job.version + 1] {
            bucket.put(&key(version), "%PDF".into()).await.unwrap();
        }
        let made = MadeFile {
            version: job.version,
            made: asked,
            members: "m".to_owned(),
            maker: String::new(),
            file_name: "a.pdf".to_owned(),
            items: 1,
            pages: 1,
            bytes: 4,
            roles: Vec::new(),
            shown: Vec::new(),
        };
        assert!(catalogue.record_projection(&job, &made, asked).await.unwrap());

        remove_unasked(engine, asked + time::Duration::days(30)).await.unwrap();
        assert!(catalogue.projection(&name).await.unwrap().is_some(), "not yet");
        let after = asked + time::Duration::days(30) + time::Duration::SECOND;
        remove_unasked(engine, after).await.unwrap();
        assert_eq!(catalogue.projection(&name).await.unwrap(), None);
        assert!(bucket.read(&key(job.version)).await.is_err());
        assert!(bucket.read(&key(job.version + 1)).await.is_ok(), "what is in the making stays");
    }
}
