use std::{fmt::Display, io::SeekFrom, path::Path};

use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};

use super::{FetchError, Fetched, http::unavailable};

/// How often a fetch that breaks off is gone on with, as long as every time something comes.
pub(super) const RESUMPTIONS: u32 = 20;

/// An origin's bytes on their way into a file, of which no more come than are allowed.
pub(super) struct Landing<'a, O> {
    origin: &'a O,
    into: &'a Path,
    file: File,
    bytes: u64,
    max_bytes: u64,
    state: Option<State>,
    resumptions: u32,
}

/// By which one state of a remote file is told from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct State {
    pub(super) bytes: Option<u64>,
    pub(super) modified: Option<i64>,
}

impl<'a, O: Display> Landing<'a, O> {
    pub(super) async fn create(
        origin: &'a O,
        into: &'a Path,
        max_bytes: u64,
    ) -> Result<Self, FetchError> {
        let file = File::create_new(into).await.map_err(|error| not_kept(origin, &error))?;
        Ok(Self { origin, into, file, bytes: 0, max_bytes, state: None, resumptions: 0 })
    }

    /// How much has come.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn check_size(&self, bytes: u64) -> Result<(), FetchError> {
        match bytes > self.max_bytes {
            true => Err(FetchError::Refused(format!(
                "{} is larger than the limit of {} bytes",
                self.origin, self.max_bytes
            ))),
            false => Ok(()),
        }
    }

    pub(super) async fn write(&mut self, chunk: &[u8]) -> Result<(), FetchError> {
        self.check_size(self.bytes + chunk.len() as u64)?;
        let written = self.file.write_all(chunk).await;
        written.map_err(|error| not_kept(self.origin, &error))?;
        self.bytes += chunk.len() as u64;
        Ok(())
    }

    pub(super) async fn begin_again(&mut self) -> Result<(), FetchError> {
        self.bytes = 0;
        let emptied = async {
            self.file.flush().await?;
            self.file.set_len(0).await?;
            self.file.seek(SeekFrom::Start(0)).await
        };
        emptied.await.map(drop).map_err(|error| not_kept(self.origin, &error))
    }

    /// Says what the file is that is about to come; answers from where on it is wanted. Of another state than the one
    /// that was begun with, nothing is gone on with.
    pub(super) async fn expect(&mut self, state: State) -> Result<u64, FetchError> {
        self.check_size(state.bytes.unwrap_or_default())?;
        let is_known = state.bytes.is_some() && state.modified.is_some();
        if self.bytes > 0 && !(is_known && self.state == Some(state)) {
            self.begin_again().await?;
        }
        self.state = Some(state);
        Ok(self.bytes)
    }

    /// Whether what was expected has come.
    pub(super) fn check_whole(&self) -> Result<(), FetchError> {
        match self.state.and_then(|state| state.bytes).is_some_and(|bytes| bytes != self.bytes) {
            true => Err(unavailable(self.origin, "broke off before the end")),
            false => Ok(()),
        }
    }

    /// Whether it makes sense to go on after such a failure, with so many bytes before it.
    pub(super) fn go_on_after(&mut self, broken: FetchError, had: u64) -> Result<(), FetchError> {
        let may_pass = matches!(broken, FetchError::Unavailable(_));
        self.resumptions += 1;
        if !may_pass || self.bytes <= had || self.resumptions > RESUMPTIONS {
            return Err(broken);
        }
        tracing::debug!(origin = %self.origin, bytes = self.bytes, "the rest is asked for");
        Ok(())
    }

    pub(super) async fn close(mut self) -> Result<Fetched, FetchError> {
        let flushed = self.file.flush().await;
        let opened = flushed.and_then(|()| std::fs::File::open(self.into));
        let file = opened.map_err(|error| not_kept(self.origin, &error))?;
        Ok(Fetched { file, path: self.into.to_owned(), bytes: self.bytes })
    }
}

fn not_kept(origin: &impl Display, error: &std::io::Error) -> FetchError {
    unavailable(origin, format!("could not be kept: {error}"))
}
