//! `recto tile`: a site without a server, from folders, buckets, tables, or a task file.
//!
//! - [`Arguments`] is what can be said; `inputs` finds the images, `target` opens the place to write to.
//! - `progress` shows how far it is, and writes the report.
//! - `queue` leaves the work to others, and shows how far they are; [`Tiler`] is one of them.

mod arguments;
mod inputs;
mod target;
mod progress;
mod queue;
mod tiler;

use std::process::ExitCode;

use anyhow::Context;
use static_site::{
    Event, Fault, Object, Outcome, Shard, Site, check_site, find_vanished, prune, write_site,
    write_viewer,
};

use crate::{config::Config, tell};

pub(crate) use arguments::Arguments;
use inputs::{Work, work};
use progress::{Progress, Report};
pub(crate) use tiler::Tiler;

/// The site is written, but for some images.
const SOME_FAILED: u8 = 3;

pub(crate) async fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    if let Some(id) = &arguments.follow {
        return queue::follow(config, id).await;
    }
    if arguments.enqueue {
        return queue::enqueue(config, &arguments).await;
    }
    let shard = arguments.shard()?;
    let work = work(config, &arguments).await?;
    work.check()?;
    let Work { site, objects, .. } = &work;
    anyhow::ensure!(
        !(arguments.prune && shard.is_some()),
        "--prune is for a run without a shard: let it follow when all shards are done"
    );
    if arguments.check {
        return check(site, objects, shard, &arguments).await;
    }
    write(&work, shard, &arguments).await
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
    work: &Work,
    shard: Option<Shard>,
    arguments: &Arguments,
) -> anyhow::Result<ExitCode> {
    let progress = Progress::start(work.images(shard) as u64)?;
    let Work { site, objects, .. } = work;
    let outcome = make(work, shard, arguments, &|event| progress.hear(&event)).await?;
    let vanished = match shard {
        Some(_) => Vec::new(),
        None => find_vanished(site, objects).await.context("the site can't be listed")?,
    };
    if arguments.prune {
        let pruned = prune(site, objects, &vanished).await;
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

/// Writes what is wanted of a site, or of a part of it.
async fn make(
    work: &Work,
    shard: Option<Shard>,
    arguments: &Arguments,
    hear: &(dyn Fn(Event<'_>) + Sync),
) -> anyhow::Result<Outcome> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let images = work.images(shard);
    let Work { site, objects, copies } = work;
    let mut site = site.clone();
    site.workers = arguments.workers.unwrap_or(cores).clamp(1, images.max(1));
    // One image on each core is faster than one image on all cores, but for a lone one.
    site.settings.threads = if site.workers == 1 { cores } else { 1 };
    let outcome = write_site(&site, objects, shard, hear).await.context("the run ended early")?;
    for copy in copies {
        copy.write(&site.publisher).await.context("the table can't be copied")?;
    }
    if arguments.viewer {
        write_viewer(&site, portal::OPENSEADRAGON).await.context("the viewer can't be written")?;
    }
    Ok(outcome)
}

fn code(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(SOME_FAILED) }
}
