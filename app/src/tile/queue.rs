use std::{process::ExitCode, time::Duration};

use anyhow::Context;
use catalogue::{Catalogue, NewTiling, Tiling};
use serde_json::{Value, json};

use super::{
    Arguments, code,
    inputs::work,
    progress::{Progress, Report},
};
use crate::{assemble, config::Config, tell};

/// How often is looked how far it is.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Leaves the work to the processes that share the database.
pub(super) async fn enqueue(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    arguments.check_places()?;
    let work = work(config, arguments).await?;
    work.check()?;
    let images = work.images(None);
    let shards = arguments.shards.unwrap_or(1).clamp(1, work.objects.len() as u64);
    let command = json!({ "arguments": said() });
    let catalogue = assemble::catalogue(config).await?;
    let new = NewTiling { command, shards, images: Some(images as u64) };
    let id = catalogue.enqueue_tiling(&new, catalogue.now()).await?;
    tell(&format!("queued as {id}: {images} images in {shards} shards"));
    tell(&format!("recto tile --follow {id} shows how far it is"));
    catalogue.close().await?;
    Ok(ExitCode::SUCCESS)
}

/// Shows how far work is that was left to others, until it is done.
pub(super) async fn follow(config: &Config, id: &str) -> anyhow::Result<ExitCode> {
    let catalogue = assemble::catalogue(config).await?;
    let mut tiling = find(&catalogue, id).await?;
    let progress = Progress::start(tiling.images.unwrap_or_default())?;
    let finished = loop {
        let (images, done, failed) = sums(&tiling);
        progress.show(tiling.images.unwrap_or(images), done, failed);
        if let Some(finished) = tiling.finished {
            break finished;
        }
        tokio::time::sleep(LOOK_EVERY).await;
        tiling = find(&catalogue, id).await?;
    };
    catalogue.close().await?;
    progress.clear();
    if let Some(error) = tiling.error() {
        anyhow::bail!("it was given up: {error}");
    }
    let reports = tiling.begun.iter().filter_map(|shard| shard.report.clone());
    let report = Report::of_many(reports, (finished - tiling.created).as_seconds_f64());
    let failures = report.failures();
    failures.iter().for_each(|failure| tell(failure));
    tell(&report.summary());
    Ok(code(failures.is_empty()))
}

/// Of the parts: the whole looks at all images once more.
fn sums(tiling: &Tiling) -> (u64, u64, u64) {
    let parts = tiling.begun.iter().filter(|part| tiling.shards == 0 || part.shard < tiling.shards);
    parts.fold((0, 0, 0), |(images, done, failed), part| {
        (images + part.images, done + part.done, failed + part.failed)
    })
}

async fn find(catalogue: &Catalogue, id: &str) -> anyhow::Result<Tiling> {
    catalogue.tiling(id).await?.with_context(|| format!("nothing was queued as {id}"))
}

/// What was said after `recto tile`.
fn said() -> Vec<Value> {
    std::env::args().skip_while(|word| word != "tile").skip(1).map(Value::from).collect()
}
