use std::path::Path;

use storage::Bucket;

use super::{FetchError, Fetched};

/// Opens bytes that came with the registration and lie in our own storage.
pub(crate) async fn read_upload(
    bucket: &Bucket,
    key: &str,
    into: &Path,
) -> Result<Fetched, FetchError> {
    let bytes = bucket.read(key).await.map_err(|error| {
        tracing::warn!(?error, key, "an upload can't be read");
        if matches!(error, storage::Error::NotFound(_)) {
            FetchError::Refused("the bytes that were sent are gone; please send them again".into())
        } else {
            FetchError::Unavailable("the bytes that were sent can't be read now".into())
        }
    })?;
    let on_disk = |error: std::io::Error| {
        FetchError::Unavailable(format!("the bytes that were sent could not be kept: {error}"))
    };
    tokio::fs::write(into, &bytes).await.map_err(on_disk)?;
    let file = std::fs::File::open(into).map_err(on_disk)?;
    Ok(Fetched { file, path: into.to_owned(), bytes: bytes.len() as u64 })
}
