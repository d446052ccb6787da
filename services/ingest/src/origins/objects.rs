use std::{path::Path, sync::Arc};

use futures_util::TryStreamExt;
use reqwest::StatusCode;
use storage::{Bucket, Located, Meta};
use tokio::{io::AsyncWriteExt, sync::Semaphore};

use super::{Asked, FetchError, Fetched, Marks};

/// A bucket that originals are read from, by their keys.
pub(crate) struct Objects {
    bucket: Bucket,
    max_bytes: u64,
    connections: Arc<Semaphore>,
}

impl Objects {
    pub(crate) fn new(bucket: Bucket, max_bytes: u64, connections: Arc<Semaphore>) -> Self {
        Self { bucket, max_bytes, connections }
    }

    /// What is there; `None` if nothing is.
    pub(crate) async fn look(&self, name: &str) -> Result<Option<Meta>, FetchError> {
        let found = self.head(name).await?;
        found.iter().try_for_each(|found| self.check_size(name, found))?;
        Ok(found)
    }

    async fn head(&self, name: &str) -> Result<Option<Meta>, FetchError> {
        match self.bucket.head(name).await {
            Ok(found) => Ok(found),
            Err(storage::Error::InvalidKey(_)) => Ok(None),
            Err(error) => Err(explain(name, &error)),
        }
    }

    fn check_size(&self, name: &str, found: &Meta) -> Result<(), FetchError> {
        let limit = self.max_bytes;
        match found.bytes > limit {
            true => Err(FetchError::Refused(format!(
                "{name} is larger than the limit of {limit} bytes"
            ))),
            false => Ok(()),
        }
    }

    pub(crate) async fn ask(
        &self,
        name: &str,
        marks: &Marks,
        into: &Path,
    ) -> Result<Asked, FetchError> {
        let _turn = self.connections.acquire().await;
        let Some(found) = self.head(name).await? else {
            return Ok(Asked::Gone(StatusCode::NOT_FOUND));
        };
        let new = marks_of(&found);
        if new == *marks {
            return Ok(Asked::Same);
        }
        self.check_size(name, &found)?;
        let object = match found.state() {
            Some(state) => self.in_state(name, state),
            None => Located::ours(self.bucket.clone(), name.to_owned()),
        };
        let fetched = self.download(&object, into).await?;
        Ok(Asked::Came(fetched, new))
    }

    /// The object as it was seen, or nothing.
    pub(crate) async fn fetch_as_seen(
        &self,
        name: &str,
        state: (u64, &str),
        into: &Path,
    ) -> Result<Fetched, FetchError> {
        let _turn = self.connections.acquire().await;
        self.download(&self.in_state(name, state), into).await
    }

    fn in_state(&self, name: &str, state: (u64, &str)) -> Located {
        Located::in_state(self.bucket.clone(), name.to_owned(), state)
    }

    async fn download(&self, object: &Located, into: &Path) -> Result<Fetched, FetchError> {
        let name = object.key();
        let on_disk = |error: std::io::Error| {
            FetchError::Unavailable(format!("{name} could not be kept: {error}"))
        };
        let streamed = object.stream(None).await;
        let mut parts = streamed.map_err(|error| explain(name, &error))?;
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
