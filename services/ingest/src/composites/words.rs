use anyhow::Context;
use catalogue::{Asset, Job};
use storage::{Bucket, keys};

use crate::failure::Failure;

/// Keeps the words of a page beside what was made of it, if it is one; answers how many bytes. May run twice: the key carries
/// the version.
pub(crate) async fn keep_words(bucket: &Bucket, asset: &Asset, job: &Job) -> Result<u64, Failure> {
    let Some(upload) = asset.origin.as_ref().and_then(|origin| origin.upload_key()) else {
        return Ok(0);
    };
    let words = match bucket.read(&keys::words_of_upload(upload)).await {
        Ok(words) => words,
        Err(storage::Error::NotFound(_)) => return Ok(0),
        Err(error) => {
            return Err(anyhow::Error::new(error).context("the words can't be read").into());
        }
    };
    let bytes = words.len() as u64;
    let kept = bucket.put(&keys::words(&job.asset, job.version), words).await;
    kept.context("the words can't be kept")?;
    Ok(bytes)
}

/// Removes the words of an upload that nobody needs any more.
pub(crate) async fn drop_words(bucket: &Bucket, upload: &str) -> Result<(), storage::Error> {
    bucket.delete(&keys::words_of_upload(upload)).await
}
