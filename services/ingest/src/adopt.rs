use std::path::Path;

use anyhow::Context;
use catalogue::{Ingested, Job};
use iiif::image::Size;
use imaging::AdoptSettings;
use storage::{Bucket, keys};

use crate::{
    config::IngestConfig,
    convert::{create, limits, run_child},
    decode::{Outcome, Task},
    failure::Failure,
    keep::{keep_original, keep_thumbnails, noted},
    source::Source,
};

/// Takes an original in that is to be served as it is, if a child without rights finds it ready for
/// that: makes the thumbnails, keeps the file if it does not stay at its origin, and then the outline, without which
/// nobody shows it.
///
/// May run twice: the folder is the job's own, the keys carry the version, and a write is whole or absent.
pub(crate) async fn adopt(
    config: &IngestConfig,
    bucket: &Bucket,
    job: &Job,
    thumbnails: Vec<Size>,
    (source, folder): (&Source, &Path),
) -> Result<Ingested, Failure> {
    let max_bytes = config.decode_memory_bytes / 4 * 3;
    let max_pixels = config.max_source_pixels;
    let limits_of_image = imaging::Limits { max_pixels, max_bytes };
    let task = Task::Adopt(AdoptSettings { thumbnails, limits: limits_of_image });
    let made = create(&folder.join("thumbnails"))?;
    let files = vec![
        source.fetched.file.try_clone().context("the source can't be shared")?,
        made.try_clone().context("a file can't be shared")?,
    ];
    let outcome = run_child(&task, files, limits(config, 1)).await?;
    let Outcome::Adopted(adopted) = outcome else { return Err(outcome.into_failure()) };

    let (id, version) = (&job.asset, job.version);
    let written = (&adopted.thumbnails[..], &made);
    let thumbnail_bytes = keep_thumbnails(bucket, id, version, written).await?;
    let original = match source.at_origin {
        Some(_) => None,
        None => Some(keep_original(bucket, (id, version), &source.fetched, folder).await?),
    };
    let outline = serde_json::to_vec(&adopted.outline).context("the outline can't be written")?;
    let key = keys::outline(id, version);
    let stored = bucket.put(&key, outline.into()).await.context("the outline can't be kept")?;
    let outline = noted(&key, (id, version), stored);
    Ok(Ingested {
        width: adopted.outline.extent.w,
        height: adopted.outline.extent.h,
        gray: adopted.outline.gray,
        thumbnails: adopted.thumbnails.iter().map(|t| (t.extent.w, t.extent.h)).collect(),
        source_bytes: source.fetched.bytes,
        objects: original.into_iter().chain([outline]).collect(),
        at_origin: source.at_origin.clone(),
        thumbnail_bytes,
        ..Ingested::default()
    })
}
