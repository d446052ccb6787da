use catalogue::ErrorsByMetadata;
use serde::Serialize;

/// How many assets with the same value have the same error; the DLCS gave it no address and no context.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetadataError {
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_string: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_number: Option<i64>,
    count: u64,
    category: &'static str,
    description: String,
}

impl MetadataError {
    pub(crate) fn of(errors: ErrorsByMetadata) -> Self {
        Self {
            class: "vocab:MetadataError",
            metadata_string: errors.text,
            metadata_number: errors.number,
            count: errors.count,
            category: "Ingest",
            description: errors.error,
        }
    }
}
