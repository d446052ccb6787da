use anyhow::Context;
use catalogue::Job;
use storage::{Bucket, keys};

use crate::failure::Failure;

/// Removes what a deleted asset or an older version left in the bucket. May run twice: what is gone is gone.
pub(crate) async fn clean_up(bucket: &Bucket, job: &Job) -> Result<(), Failure> {
    for version in &job.leftovers.versions {
        let prefix = keys::version_prefix(&job.asset, *version);
        bucket.delete_prefix(&prefix).await.context("an old version can't be removed")?;
    }
    for key in &job.leftovers.uploads {
        bucket.delete(key).await.context("an old upload can't be removed")?;
    }
    Ok(())
}
