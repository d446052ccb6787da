use std::sync::Arc;

use catalogue::Catalogue;
use storage::Bucket;
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use crate::{ManagementConfig, pace::Pace};

/// What the API works with. Cheap to clone.
#[derive(Clone)]
pub struct Management {
    pub(crate) catalogue: Catalogue,
    pub(crate) bucket: Bucket,
    pub(crate) config: Arc<ManagementConfig>,
    pub(crate) upload_megabytes: Arc<Semaphore>,
    pub(crate) pace: Pace,
}

impl Management {
    pub fn new(catalogue: Catalogue, bucket: Bucket, config: ManagementConfig) -> Self {
        let upload_megabytes = Semaphore::new(config.upload_megabytes.try_into().unwrap_or(0));
        let upload_megabytes = Arc::new(upload_megabytes);
        let pace = Pace::default();
        Self { catalogue, bucket, config: Arc::new(config), upload_megabytes, pace }
    }

    #[expect(clippy::disallowed_methods, reason = "the edge of the service reads the clock")]
    pub(crate) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}
