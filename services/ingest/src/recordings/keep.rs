use anyhow::Context;
use model::AssetId;
use storage::{Bucket, keys};

use super::transcode::Transcoded;
use crate::failure::Failure;

/// Moves what was made into the bucket; answers how many bytes. May run twice: the keys carry the version, and a write is
/// whole or absent.
pub(crate) async fn keep_recording(
    bucket: &Bucket,
    (id, version): (&AssetId, u64),
    made: &Transcoded,
) -> Result<u64, Failure> {
    let mut files = Vec::new();
    for (transcode, folder) in made.recording.transcodes.iter().zip(&made.folders) {
        let (place, name) = transcode.address.rsplit_once('/').unwrap_or_default();
        // First what a playlist names.
        let names = transcode.preset.form().segments().into_iter().chain([name]);
        files.extend(names.map(|name| (format!("{place}/{name}"), folder.join(name))));
    }
    files.extend(made.poster.iter().map(|path| (keys::POSTER.to_owned(), path.clone())));
    let mut kept = 0;
    for (address, path) in files {
        let key = keys::recording(id, version, &address);
        kept += bucket.put_file(&key, &path).await.context("a transcode can't be kept")?.bytes;
    }
    Ok(kept)
}
