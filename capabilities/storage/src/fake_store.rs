//! An object store for tests that counts, waits and fails when it is told to.

use std::{
    fmt,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use object_store::{
    CopyOptions, GetOptions, GetRange, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
    memory::InMemory, path::Path as Location,
};
use tokio::sync::Semaphore;

use crate::{bucket::Bucket, connect::Place};

#[derive(Debug)]
pub(crate) struct FakeStore {
    inner: InMemory,
    gets: Mutex<Vec<Range<u64>>>,
    /// One permit lets one GET through.
    pub(crate) gate: Semaphore,
    pub(crate) is_down: Arc<AtomicBool>,
    pub(crate) was_aborted: Arc<AtomicBool>,
    /// What is written ends too early.
    pub(crate) loses_bytes: AtomicBool,
}

impl FakeStore {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: InMemory::new(),
            gets: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            is_down: Arc::default(),
            was_aborted: Arc::default(),
            loses_bytes: AtomicBool::default(),
        })
    }

    pub(crate) fn bucket(self: &Arc<Self>) -> Bucket {
        let place = Place {
            store: self.clone(),
            prefix: Location::ROOT,
            folder: None,
            compares: false,
            name: "fake".to_owned(),
        };
        Bucket::at(place, 0)
    }

    /// The ranges of the GETs since the last time.
    pub(crate) fn take_gets(&self) -> Vec<Range<u64>> {
        std::mem::take(&mut self.gets.lock().unwrap())
    }

    fn answer(&self) -> Result<()> {
        if self.is_down.load(SeqCst) { Err(down()) } else { Ok(()) }
    }
}

fn down() -> object_store::Error {
    object_store::Error::Generic { store: "fake", source: "it is down".into() }
}

impl fmt::Display for FakeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("fake")
    }
}

#[async_trait]
impl ObjectStore for FakeStore {
    async fn put_opts(
        &self,
        location: &Location,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.answer()?;
        let payload = match self.loses_bytes.load(SeqCst) {
            true => Bytes::from(payload).split_off(1).into(),
            false => payload,
        };
        self.inner.put_opts(location, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Location,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(FakeUpload {
            inner: self.inner.put_multipart_opts(location, options).await?,
            is_down: self.is_down.clone(),
            was_aborted: self.was_aborted.clone(),
        }))
    }

    async fn get_opts(&self, location: &Location, options: GetOptions) -> Result<GetResult> {
        if let Some(GetRange::Bounded(range)) = &options.range {
            self.gets.lock().unwrap().push(range.clone());
            self.gate.acquire().await.unwrap().forget();
        }
        self.answer()?;
        self.inner.get_opts(location, options).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Location>>,
    ) -> BoxStream<'static, Result<Location>> {
        self.inner.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Location>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Location>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Location, to: &Location, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[derive(Debug)]
struct FakeUpload {
    inner: Box<dyn MultipartUpload>,
    is_down: Arc<AtomicBool>,
    was_aborted: Arc<AtomicBool>,
}

#[async_trait]
impl MultipartUpload for FakeUpload {
    fn put_part(&mut self, part: PutPayload) -> UploadPart {
        if self.is_down.load(SeqCst) {
            return Box::pin(async { Err(down()) });
        }
        self.inner.put_part(part)
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.inner.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.was_aborted.store(true, SeqCst);
        self.inner.abort().await
    }
}
