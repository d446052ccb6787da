use std::sync::Arc;

use catalogue::Catalogue;
use storage::Bucket;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{ManagementConfig, events::Streams, pace::Pace};

/// What the API works with. Cheap to clone.
#[derive(Clone)]
pub struct Management {
    pub(crate) catalogue: Catalogue,
    pub(crate) bucket: Bucket,
    pub(crate) config: Arc<ManagementConfig>,
    pub(crate) upload_megabytes: Arc<Semaphore>,
    pub(crate) pace: Pace,
    pub(crate) streams: Streams,
}

impl Management {
    pub fn new(catalogue: Catalogue, bucket: Bucket, config: ManagementConfig) -> Self {
        let upload_megabytes = Semaphore::new(config.upload_megabytes.try_into().unwrap_or(0));
        let upload_megabytes = Arc::new(upload_megabytes);
        let pace = Pace::default();
        let streams = Streams::new(config.event_streams);
        Self { catalogue, bucket, config: Arc::new(config), upload_megabytes, pace, streams }
    }

    /// Connections that are kept open end when this is cancelled.
    pub fn closed_by(self, closing: CancellationToken) -> Self {
        Self { streams: self.streams.closed_by(closing), ..self }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.catalogue.now()
    }
}
