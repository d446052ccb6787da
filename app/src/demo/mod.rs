//! `recto demo`: the service on this machine, with a customer, a key, and samples or somebody's own files.

mod find_images;
mod library;
mod samples;

use std::{path::PathBuf, time::Duration};

use anyhow::Context;
use catalogue::{Catalogue, JobEnd};
use indicatif::{ProgressBar, ProgressStyle};
use model::{AssetId, PublicUrls, Service as PublicService};

use crate::{assemble::Parts, config::Config, serve, serve::Service, tell};
use find_images::{Image, find_images};
use library::Library;

/// How many assets are listed with their addresses.
const LISTED: usize = 10;

/// How long one asset may take before the progress bar goes on without it.
const PATIENCE: Duration = Duration::from_secs(3600);

pub(crate) async fn run(mut config: Config, paths: Vec<PathBuf>) -> anyhow::Result<()> {
    let stop = serve::stop_on_signals()?;
    let samples = config.data().join("samples");
    let images = tokio::task::spawn_blocking(move || match paths.is_empty() {
        true => find_images(&samples::draw_samples(&samples)?),
        false => find_images(&paths),
    });
    let images = images.await.context("the images can't be looked for")??;
    let folders = images.iter().filter_map(|image| Some(image.path.parent()?.to_owned()));
    config.ingest.file_origins.extend(folders);
    config.ingest.file_origins.sort();
    config.ingest.file_origins.dedup();

    let data = config.data().to_owned();
    let root = Some(config.server.public_url.clone()).filter(|url| !url.is_empty());
    let parts = Parts::assemble(config, Vec::new()).await?;
    let catalogue = parts.catalogue.clone();
    let service = Service::listen(parts).await?;
    let root = root.unwrap_or_else(|| format!("http://{}", service.address));
    tell(&format!("listening on {root}"));
    let running = tokio::spawn(service.run(stop.clone()));

    let library = Library::open(&catalogue, &data).await?;
    tell(&library.describe(&root));
    tokio::select! {
        shown = show(&catalogue, &library, &images, &root) => shown?,
        () = stop.cancelled() => {}
    }
    running.await.context("the service broke down")?
}

/// Registers the images, waits until they are there, and says where to see them.
async fn show(
    catalogue: &Catalogue,
    library: &Library,
    images: &[Image],
    root: &str,
) -> anyhow::Result<()> {
    let mut waiting = Vec::new();
    for image in images {
        waiting.push(library.register(catalogue, image).await?);
    }
    let bar = ProgressBar::new(images.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:30} {pos} of {len} images, {eta} left")?);
    for (_, job) in &waiting {
        if let Some(job) = job
            && catalogue.wait_for_job(*job, PATIENCE).await? == JobEnd::TimedOut
        {
            tracing::warn!(%job, "an image takes very long");
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let ids: Vec<AssetId> = waiting.into_iter().map(|(id, _)| id).collect();
    describe(catalogue, &ids, &PublicUrls::new(root)).await
}

async fn describe(catalogue: &Catalogue, ids: &[AssetId], urls: &PublicUrls) -> anyhow::Result<()> {
    let (mut shown, mut failed) = (0, 0);
    for id in ids {
        let Some(asset) = catalogue.asset(id).await? else { continue };
        if let Some(error) = asset.error {
            tracing::warn!(asset = %id, error, "can't be shown");
            failed += 1;
        } else if shown < LISTED {
            shown += 1;
            let info = format!("{}/info.json", urls.of(PublicService::Image, id));
            tell(&format!(
                "\n{}\n  viewer     {}\n  info.json  {info}",
                id.name(),
                urls.viewer(id)
            ));
        }
    }
    let rest = ids.len() - shown - failed;
    if rest > 0 {
        tell(&format!("\nand {rest} more"));
    }
    if failed > 0 {
        tell(&format!("\n{failed} can't be shown: the reasons are in the log"));
    }
    Ok(())
}
