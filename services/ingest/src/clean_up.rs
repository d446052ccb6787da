use anyhow::Context;
use catalogue::{Catalogue, Job};
use storage::{Bucket, keys};

use crate::{composites::drop_words, failure::Failure};

/// Removes what a deleted asset or an older version left in the bucket, but for what another asset took over. May run
/// twice: what is gone is gone.
pub(crate) async fn clean_up(
    catalogue: &Catalogue,
    bucket: &Bucket,
    job: &Job,
) -> Result<(), Failure> {
    let unneeded = catalogue.unneeded(job).await;
    let unneeded = unneeded.context("whether the bytes are needed can't be looked up")?;
    for version in &unneeded.versions {
        let prefix = keys::version_prefix(&job.asset, *version);
        bucket.delete_prefix(&prefix).await.context("an old version can't be removed")?;
    }
    for key in &unneeded.uploads {
        drop_words(bucket, key).await.context("the words of an upload can't be removed")?;
        let removed = match keys::folder_of_parts(key) {
            Some(folder) => bucket.delete_prefix(folder).await.map(drop),
            None => bucket.delete(key).await,
        };
        removed.context("an old upload can't be removed")?;
    }
    Ok(())
}
