use catalogue::{Composite, CompositeStatus};
use serde::Serialize;
use time::OffsetDateTime;

use crate::urls::Urls;

/// The documents that came with one request, in the words of the DLCS's composite handler.
#[derive(Debug, Serialize)]
pub(crate) struct CompositeCollection {
    id: String,
    members: Vec<CompositeMember>,
}

/// How far a document is.
#[derive(Debug, Serialize)]
pub(crate) struct CompositeMember {
    id: String,
    status: &'static str,
    #[serde(with = "time::serde::rfc3339")]
    created: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_updated: OffsetDateTime,
    /// How many pages it has, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_count: Option<u64>,
    /// The batches of its pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dlcs_uris: Vec<String>,
    /// What in it became no page, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    skipped: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl CompositeCollection {
    pub(crate) fn of(composites: &[Composite], urls: &Urls) -> Self {
        let id = composites.first().map(|first| urls.composites(&first.collection));
        let members = composites.iter().map(|own| CompositeMember::of(own, urls)).collect();
        Self { id: id.unwrap_or_default(), members }
    }
}

impl CompositeMember {
    pub(crate) fn of(composite: &Composite, urls: &Urls) -> Self {
        let has_failed = composite.status == CompositeStatus::Error;
        let batches = composite.batches.iter();
        Self {
            id: urls.composite(&composite.collection, &composite.id),
            status: composite.status.as_str(),
            created: composite.created,
            last_updated: composite.modified,
            image_count: composite.pages,
            dlcs_uris: batches.map(|batch| urls.batch(composite.customer, *batch)).collect(),
            skipped: composite.skipped.clone(),
            error: composite.error.clone().filter(|_| has_failed),
        }
    }
}
