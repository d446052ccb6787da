use anyhow::Context;
use catalogue::{Asset, Job, KeptObject};
use serde::{Deserialize, Serialize};
use storage::{Bucket, keys};

use crate::{failure::Failure, keep::noted};

/// What can be read on a page; the boxes are in pixels of its image.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Words {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) words: Vec<pages::Word>,
}

/// Keeps the words of a page beside what was made of it, if it is one. May run twice: the key carries
/// the version.
pub(crate) async fn keep_words(
    bucket: &Bucket,
    asset: &Asset,
    job: &Job,
) -> Result<Option<KeptObject>, Failure> {
    let Some(upload) = asset.origin.as_ref().and_then(|origin| origin.upload_key()) else {
        return Ok(None);
    };
    let words = match bucket.read(&keys::words_of_upload(upload)).await {
        Ok(words) => words,
        Err(storage::Error::NotFound(_)) => return Ok(None),
        Err(error) => {
            return Err(anyhow::Error::new(error).context("the words can't be read").into());
        }
    };
    let key = keys::words(&job.asset, job.version);
    let stored = bucket.put(&key, words).await.context("the words can't be kept")?;
    Ok(Some(noted(&key, (&job.asset, job.version), stored)))
}

/// Removes the words of an upload that nobody needs any more.
pub(crate) async fn drop_words(bucket: &Bucket, upload: &str) -> Result<(), storage::Error> {
    bucket.delete(&keys::words_of_upload(upload)).await
}
