use time::OffsetDateTime;

use crate::{Catalogue, Error, Job};

/// What processing found out and left in the storage.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingested {
    pub width: u32,
    pub height: u32,
    /// In milliseconds.
    pub duration: u64,
    pub gray: bool,
    pub thumbnails: Vec<(u32, u32)>,
    pub source_bytes: u64,
    /// Bytes kept for delivery, thumbnails not counted.
    pub stored_bytes: u64,
    pub thumbnail_bytes: u64,
}

/// Whether a result still mattered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    Accepted,
    /// The asset was deleted, or is being processed anew: what this job stored is being cleaned up.
    Outdated,
}

impl Catalogue {
    /// Ends a job with its result: from now on the version that it made is delivered.
    pub async fn record_ingested(
        &self,
        _job: &Job,
        _ingested: &Ingested,
        _now: OffsetDateTime,
    ) -> Result<Recorded, Error> {
        todo!()
    }
}
