use std::{fs::File, ops::Range, path::Path};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{GetOptions, GetRange};

use crate::{
    bucket::{Bucket, Meta},
    error::Error,
    local_copy::copy,
};

/// One object: of ours, which never changes once it is written, or of somebody else, in the state in which it was seen.
#[derive(Debug, Clone)]
pub struct Located {
    bucket: Bucket,
    key: String,
    state: Option<State>,
}

/// By which one state of somebody's object is told from another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    bytes: u64,
    etag: String,
}

impl Located {
    pub fn ours(bucket: Bucket, key: String) -> Self {
        Self { bucket, key, state: None }
    }

    /// Once it has other bytes, or another entity tag, it is [`Error::Changed`].
    pub fn in_state(bucket: Bucket, key: String, (bytes, etag): (u64, &str)) -> Self {
        Self { bucket, key, state: Some(State { bytes, etag: etag.to_owned() }) }
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    pub fn is_ours(&self) -> bool {
        self.state.is_none()
    }

    /// How large it was when it was seen.
    pub fn bytes_when_seen(&self) -> Option<u64> {
        self.state.as_ref().map(|state| state.bytes)
    }

    /// How large it is, of which the store is asked.
    pub async fn bytes(&self) -> Result<u64, Error> {
        let found = self.bucket.head(&self.key).await?;
        let found = found.ok_or_else(|| Error::NotFound(self.key.clone()))?;
        let is_same = |state: &State| found.etag.as_deref() == Some(state.etag.as_str());
        match self.state.as_ref().is_none_or(is_same) {
            true => self.check(&found),
            false => Err(Error::Changed(self.key.clone())),
        }
    }

    /// All of it, or a range, as it comes in.
    pub async fn stream(
        &self,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let if_match = self.state.as_ref().map(|state| state.etag.clone());
        let range = range.map(GetRange::Bounded);
        let options = GetOptions { range, if_match, ..Default::default() };
        let found = match self.bucket.get(&self.key, options).await {
            // Azure says of what is gone, too, that it does not match.
            Err(Error::Changed(_)) => return Err(self.why_no_match().await),
            found => found?,
        };
        self.check(&Meta::of(&found.meta))?;
        let key = self.key.clone();
        let bytes = found.into_stream().map_err(move |error| Error::from_store(&key, error));
        Ok(bytes.boxed())
    }

    /// A copy without a name in the `scratch` folder.
    pub(crate) async fn copy(&self, scratch: &Path) -> Result<File, Error> {
        copy(self.stream(None).await?, scratch).await
    }

    async fn why_no_match(&self) -> Error {
        match self.bucket.head(&self.key).await {
            Ok(Some(_)) => Error::Changed(self.key.clone()),
            Ok(None) => Error::NotFound(self.key.clone()),
            Err(error) => error,
        }
    }

    fn check(&self, found: &Meta) -> Result<u64, Error> {
        match self.bytes_when_seen().is_none_or(|bytes| bytes == found.bytes) {
            true => Ok(found.bytes),
            false => Err(Error::Changed(self.key.clone())),
        }
    }
}
