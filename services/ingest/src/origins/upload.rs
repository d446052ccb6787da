use std::path::Path;

use futures_util::TryStreamExt;
use serde::Deserialize;
use storage::{Bucket, keys};

use super::{FetchError, Fetched, landing::Landing};

/// What the list of an upload's parts says.
#[derive(Deserialize)]
struct Parts {
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    object: String,
    bytes: u64,
}

/// Opens bytes that came with the registration and lie in our own storage, in one piece or in parts.
pub(crate) async fn read_upload(
    bucket: &Bucket,
    key: &str,
    into: &Path,
) -> Result<Fetched, FetchError> {
    let upload = "the bytes that were sent";
    let mut landing = Landing::create(&upload, into, u64::MAX).await?;
    if let Some(folder) = keys::folder_of_parts(key) {
        let list = bucket.read(key).await.map_err(|error| explain(key, &error))?;
        let list: Parts = serde_json::from_slice(&list).map_err(|_| gone())?;
        for part in list.parts {
            if !part.object.starts_with(folder) {
                return Err(gone());
            }
            let end = landing.bytes() + part.bytes;
            read_object(bucket, &part.object, &mut landing).await?;
            if landing.bytes() != end {
                return Err(FetchError::Unavailable(format!("{upload} came back incomplete")));
            }
        }
    } else {
        read_object(bucket, key, &mut landing).await?;
    }
    landing.close().await
}

async fn read_object(
    bucket: &Bucket,
    key: &str,
    landing: &mut Landing<'_, &str>,
) -> Result<(), FetchError> {
    let explain = |error: storage::Error| explain(key, &error);
    let (_, mut bytes) = bucket.stream(key, None).await.map_err(explain)?;
    while let Some(part) = bytes.try_next().await.map_err(explain)? {
        landing.write(&part).await?;
    }
    Ok(())
}

fn explain(key: &str, error: &storage::Error) -> FetchError {
    tracing::warn!(?error, key, "an upload can't be read");
    match matches!(error, storage::Error::NotFound(_)) {
        true => gone(),
        false => FetchError::Unavailable("the bytes that were sent can't be read now".into()),
    }
}

fn gone() -> FetchError {
    FetchError::Refused("the bytes that were sent are gone; please send them again".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "uploads/2/5/a/t/parts.json";

    async fn read(parts: &str) -> Result<String, FetchError> {
        let bucket = Bucket::in_memory();
        for (key, bytes) in [
            (KEY, parts),
            ("uploads/2/5/a/t/0", "hello"),
            ("uploads/2/5/a/t/5", " world"),
            ("uploads/2/5/b", "whole"),
        ] {
            bucket.put(key, bytes.to_owned().into()).await.unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let key = if parts.is_empty() { "uploads/2/5/b" } else { KEY };
        let fetched = read_upload(&bucket, key, &folder.path().join("origin")).await?;
        Ok(std::fs::read_to_string(fetched.path).unwrap())
    }

    #[tokio::test]
    async fn what_was_sent_is_read_in_one_piece_or_in_parts() {
        assert_eq!(read("").await.unwrap(), "whole");
        let two = r#"{"parts": [{"object": "uploads/2/5/a/t/0", "bytes": 5},
            {"object": "uploads/2/5/a/t/5", "bytes": 6}]}"#;
        assert_eq!(read(two).await.unwrap(), "hello world");
    }

    #[tokio::test]
    async fn parts_that_are_not_what_was_written_down_are_refused() {
        for list in [
            r#"{"parts": [{"object": "uploads/2/5/a/t/0", "bytes": 6}]}"#,
            r#"{"parts": [{"object": "uploads/2/5/a/t/9", "bytes": 1}]}"#,
            r#"{"parts": [{"object": "uploads/2/5/b", "bytes": 5}]}"#,
            "nonsense",
        ] {
            assert!(read(list).await.is_err(), "{list}");
        }
    }
}
