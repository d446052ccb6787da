use anyhow::Context;
use catalogue::KeptObject;
use model::AssetId;
use storage::{Bucket, keys};

use super::transcode::Transcoded;
use crate::{failure::Failure, keep::noted};

/// Moves what was made into the bucket; May run twice: the keys carry the version, and a write is
/// whole or absent.
pub(crate) async fn keep_recording(
    bucket: &Bucket,
    (id, version): (&AssetId, u64),
    made: &Transcoded,
) -> Result<Vec<KeptObject>, Failure> {
    let mut files = Vec::new();
    for (transcode, folder) in made.recording.transcodes.iter().zip(&made.folders) {
        let (place, name) = transcode.address.rsplit_once('/').unwrap_or_default();
        // First what a playlist names.
        let names = transcode.preset.form().segments().into_iter().chain([name]);
        files.extend(names.map(|name| (format!("{place}/{name}"), folder.join(name))));
    }
    files.extend(made.poster.iter().map(|path| (keys::POSTER.to_owned(), path.clone())));
    let mut kept = Vec::new();
    for (address, path) in files {
        let key = keys::recording(id, version, &address);
        let stored = bucket.put_file(&key, &path).await.context("a transcode can't be kept")?;
        kept.push(noted(&key, (id, version), stored));
    }
    Ok(kept)
}
