//! `recto tile`: a site without a server, from folders, buckets, tables, or a task file.
//!
//! - [`Arguments`] is what can be said; `inputs` finds the images, `target` opens the place to write to.
//! - `progress` shows how far it is, and writes the report.

mod arguments;
mod inputs;
mod target;
mod progress;

use std::process::ExitCode;

use anyhow::Context;
use static_site::{
    Fault, Object, Shard, Site, check_site, find_vanished, prune, write_site, write_viewer,
};

use crate::{config::Config, tell};

pub(crate) use arguments::Arguments;
use inputs::{Work, work};
use progress::{Progress, Report};

/// The site is written, but for some images.
const SOME_FAILED: u8 = 3;

pub(crate) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let shard = arguments.shard()?;
    let Work { site, objects, copies } = work(config, &arguments).await?;
    site.settings.check()?;
    let images: usize = objects.iter().map(|object| object.pages.len()).sum();
    anyhow::ensure!(images > 0, "there are no images: name files, or folders with images in them");
    anyhow::ensure!(
        !(arguments.prune && shard.is_some()),
        "--prune is for a run without a shard: let it follow when all shards are done"
    );
    if arguments.check {
        return check(&site, &objects, shard, &arguments).await;
    }
    write(site, objects, copies, shard, &arguments).await
}

async fn check(
    site: &Site,
    objects: &[Object],
    shard: Option<Shard>,
    arguments: &Arguments,
) -> anyhow::Result<ExitCode> {
    let faults = check_site(site, objects, shard).await?;
    for Fault { image, reason } in &faults {
        tell(&format!("{image}: {reason}"));
    }
    if let Some(path) = &arguments.report {
        Report::of_check(&faults).write(path)?;
    }
    match faults.is_empty() {
        true => tell("the site is whole"),
        false => tell(&format!("{} images are not as they should be", faults.len())),
    }
    Ok(code(faults.is_empty()))
}

async fn write(
    mut site: Site,
    objects: Vec<Object>,
    copies: Vec<inputs::TableCopy>,
    shard: Option<Shard>,
    arguments: &Arguments,
) -> anyhow::Result<ExitCode> {
    let is_ours = |n: usize| shard.is_none_or(|shard| shard.takes(n));
    let ours = objects.iter().enumerate().filter(|(n, _)| is_ours(*n));
    let images: usize = ours.map(|(_, object)| object.pages.len()).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    site.workers = arguments.workers.unwrap_or(cores).clamp(1, images.max(1));
    // One image on each core is faster than one image on all cores, but for a lone one.
    site.settings.threads = if site.workers == 1 { cores } else { 1 };

    let progress = Progress::start(images as u64)?;
    let written = write_site(&site, &objects, shard, &|event| progress.hear(&event)).await;
    let outcome = match written {
        Ok(outcome) => outcome,
        Err(error) => return Err(anyhow::Error::new(error).context("the run ended early")),
    };
    for copy in &copies {
        copy.write(&site.publisher).await.context("the table can't be copied")?;
    }
    if arguments.viewer {
        write_viewer(&site, portal::OPENSEADRAGON).await.context("the viewer can't be written")?;
    }
    let vanished = match shard {
        Some(_) => Vec::new(),
        None => find_vanished(&site, &objects).await.context("the site can't be listed")?,
    };
    if arguments.prune {
        let pruned = prune(&site, &objects, &vanished).await;
        pruned.context("what is no longer among the inputs can't be removed")?;
    }
    let report = progress.end(&outcome, &vanished, arguments.prune);
    for image in &vanished {
        let what = if arguments.prune { "removed" } else { "no longer among the inputs" };
        tell(&format!("{image}: {what}"));
    }
    if !vanished.is_empty() && !arguments.prune {
        tell("what is no longer among the inputs stays in the site; --prune removes it");
    }
    for (source, reason) in &outcome.failed {
        tell(&format!("{source}: {reason}"));
    }
    tell(&report.summary());
    if shard.is_some() {
        tell("the collection is written by a run without a shard, once all shards are done");
    }
    if let Some(path) = &arguments.report {
        report.write(path)?;
    }
    Ok(code(outcome.failed.is_empty()))
}

fn code(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) }
}
