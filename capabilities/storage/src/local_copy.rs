use std::{fs::File, io, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{TryStreamExt, stream::BoxStream};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::{
    bucket::{Bucket, blocking},
    error::Error,
};

impl Bucket {
    /// The object as a file: the folder's own, or a copy without a name in the `scratch` folder.
    pub async fn open_file(&self, key: &str, scratch: &Path) -> Result<File, Error> {
        if let Some(path) = self.path_in_folder(key)? {
            let opened = blocking(move || File::open(path)).await?;
            return opened.map_err(|error| Error::from_io(key, error));
        }
        let (_, bytes) = self.stream(key, None).await?;
        copy(bytes, scratch).await
    }
}

/// What comes in, as a file without a name in the `scratch` folder.
pub(crate) async fn copy(
    mut bytes: BoxStream<'static, Result<Bytes, Error>>,
    scratch: &Path,
) -> Result<File, Error> {
    let folder = scratch.to_path_buf();
    let made = blocking(move || tempfile::tempfile_in(folder)).await?;
    let failed = |error| unwritable(scratch, error);
    let mut copy = tokio::fs::File::from_std(made.map_err(failed)?);
    while let Some(part) = bytes.try_next().await? {
        copy.write_all(&part).await.map_err(failed)?;
    }
    copy.flush().await.map_err(failed)?;
    copy.rewind().await.map_err(failed)?;
    Ok(copy.into_std().await)
}

fn unwritable(scratch: &Path, error: io::Error) -> Error {
    if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        return Error::Full(Arc::new(error));
    }
    Error::Source { path: scratch.display().to_string(), source: Arc::new(error) }
}
