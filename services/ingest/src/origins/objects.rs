use std::{path::Path, sync::Arc};

use futures_util::TryStreamExt;
use reqwest::StatusCode;
use storage::{Bucket, Meta};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use super::{Asked, FetchError, Fetched, Marks};

/// A bucket that originals are read from, by their keys.
pub(crate) struct Objects {
    bucket: Bucket,
    max_bytes: u64,
    connections: Arc<Semaphore>,
}

impl Objects {
    pub(crate) fn new(bucket: Bucket, max_bytes: u64, connections: usize) -> Self {
        Self { bucket, max_bytes, connections: Arc::new(Semaphore::new(connections.max(1))) }
    }

    pub(crate) async fn ask(
        &self,
        name: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let _turn = self.connections.acquire().await;
        let found = match self.bucket.head(name).await {
            Ok(found) => found,
            Err(storage::Error::InvalidKey(_)) => None,
            Err(error) => return Err(explain(name, &error)),
        };
        let Some(found) = found else { return Ok(Asked::Gone(StatusCode::NOT_FOUND)) };
        let new = marks_of(&found);
        if new == *marks {
            return Ok(Asked::Same);
        }
        if found.bytes > self.max_bytes {
            let limit = self.max_bytes;
            return Err(FetchError::Refused(format!(
                "{name} is larger than the limit of {limit} bytes"
            )));
        }
        let fetched = self.download(name, into).await?;
        Ok(Asked::Came(fetched, new))
    }

    async fn download(&self, name: &str, into: &Path) -> Result<Fetched, FetchError> {
        let on_disk = |error: std::io::Error| {
            FetchError::Unavailable(format!("{name} could not be kept: {error}"))
        };
        let streamed = self.bucket.stream(name, None).await;
        let (_, mut parts) = streamed.map_err(|error| explain(name, &error))?;
        let mut file = tokio::fs::File::create_new(into).await.map_err(on_disk)?;
        let mut bytes = 0;
        while let Some(part) = parts.try_next().await.map_err(|error| explain(name, &error))? {
            bytes += part.len() as u64;
            file.write_all(&part).await.map_err(on_disk)?;
        }
        file.flush().await.map_err(on_disk)?;
        let file = std::fs::File::open(into).map_err(on_disk)?;
        Ok(Fetched { file, path: into.to_owned(), bytes })
    }
}

fn marks_of(found: &Meta) -> Marks {
    Marks { etag: found.etag.clone(), modified: Some(found.modified.unix_timestamp().to_string()) }
}

/// The cause is for the log: it may name what is nobody's business.
fn explain(name: &str, error: &storage::Error) -> FetchError {
    tracing::debug!(name, ?error, "an object could not be read");
    FetchError::Unavailable(format!("{name} could not be read from the bucket: {error}"))
}
