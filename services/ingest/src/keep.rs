use std::{fs::File, os::unix::fs::FileExt, path::Path};

use anyhow::Context;
use bytes::Bytes;
use catalogue::KeptObject;
use imaging::Thumbnail;
use model::AssetId;
use storage::{Bucket, Stored, keys};

use crate::{convert::Made, failure::Failure, origins::Fetched};

/// What was kept.
pub(crate) struct Kept {
    pub(crate) pyramid: KeptObject,
    pub(crate) thumbnail_bytes: u64,
}

/// What is to be remembered of an object of a version.
pub(crate) fn noted(key: &str, (id, version): (&AssetId, u64), stored: Stored) -> KeptObject {
    let name = keys::name_in_version(key, id, version).to_owned();
    KeptObject { name, bytes: stored.bytes, sha256: stored.hex() }
}

/// Moves what was made into the bucket. May run twice: the keys carry the version, and a write is whole or absent.
pub(crate) async fn keep(
    bucket: &Bucket,
    id: &AssetId,
    version: u64,
    made: &Made,
) -> Result<Kept, Failure> {
    let thumbnails = (&made.converted.thumbnails[..], &made.thumbnails);
    let thumbnail_bytes = keep_thumbnails(bucket, id, version, thumbnails).await?;
    let key = keys::pyramid(id, version);
    let stored = bucket.put_file(&key, &made.pyramid).await.context("the pyramid can't be kept")?;
    Ok(Kept { pyramid: noted(&key, (id, version), stored), thumbnail_bytes })
}

/// Keeps the thumbnails that lie in a file; answers how many bytes. May run twice, as [`keep`].
pub(crate) async fn keep_thumbnails(
    bucket: &Bucket,
    id: &AssetId,
    version: u64,
    (thumbnails, file): (&[Thumbnail], &File),
) -> Result<u64, Failure> {
    let mut kept = 0;
    for thumbnail in thumbnails {
        let (w, h) = (thumbnail.extent.w, thumbnail.extent.h);
        let bytes = read(file, thumbnail).context("a thumbnail can't be read")?;
        kept += bytes.len() as u64;
        let key = keys::thumbnail(id, version, (w, h));
        bucket.put(&key, bytes).await.context("a thumbnail can't be kept")?;
    }
    Ok(kept)
}

/// Keeps the bytes of the origin as they came. May run twice, as [`keep`].
pub(crate) async fn keep_original(
    bucket: &Bucket,
    (id, version): (&AssetId, u64),
    source: &Fetched,
    folder: &Path,
) -> Result<KeptObject, Failure> {
    let key = keys::original(id, version);
    let path = match source.path.starts_with(folder) {
        true => source.path.clone(),
        // Somebody's own file is copied, never moved.
        false => {
            let copy = folder.join("original");
            tokio::fs::copy(&source.path, &copy).await.context("the original can't be copied")?;
            copy
        }
    };
    let stored = bucket.put_file(&key, &path).await.context("the original can't be kept")?;
    Ok(noted(&key, (id, version), stored))
}

fn read(thumbnails: &File, thumbnail: &Thumbnail) -> anyhow::Result<Bytes> {
    let mut bytes = vec![0; usize::try_from(thumbnail.bytes)?];
    thumbnails.read_exact_at(&mut bytes, thumbnail.offset)?;
    Ok(bytes.into())
}
