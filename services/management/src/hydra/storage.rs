use serde::Serialize;
use time::OffsetDateTime;

use super::{Class, Property, Range, Resource};
use crate::urls::Urls;

/// How much may be kept.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StoragePolicy {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    name: String,
    maximum_number_of_stored_images: i64,
    maximum_total_size_of_stored_images: i64,
    #[serde(skip)]
    modified: OffsetDateTime,
}

/// How much a customer keeps, in one space or in all.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CustomerStorage {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    number_of_stored_images: i64,
    total_size_of_stored_images: i64,
    total_size_of_thumbnails: i64,
    #[serde(with = "time::serde::rfc3339")]
    last_calculated: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_policy: Option<String>,
}

/// How much is kept for one asset.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageStorage {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    size: u64,
    thumbnail_size: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    objects: Vec<KeptObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_origin: Option<AtOrigin>,
    #[serde(with = "time::serde::rfc3339")]
    last_checked: OffsetDateTime,
    checking_in_progress: bool,
}

/// One object that is kept for an asset.
#[derive(Debug, Serialize)]
struct KeptObject {
    name: String,
    bytes: u64,
    sha256: String,
}

/// An original that is not kept, for it is served from its owner's bucket.
#[derive(Debug, Serialize)]
struct AtOrigin {
    origin: String,
    bytes: u64,
    etag: String,
}

impl StoragePolicy {
    pub(crate) fn of(policy: catalogue::StoragePolicy, urls: &Urls) -> Self {
        Self {
            id: urls.storage_policy(&policy.id),
            class: "vocab:StoragePolicy",
            name: policy.id,
            maximum_number_of_stored_images: policy.max_images,
            maximum_total_size_of_stored_images: policy.max_bytes,
            modified: policy.modified,
        }
    }
}

impl CustomerStorage {
    pub(crate) fn of(storage: catalogue::CustomerStorage, urls: &Urls) -> Self {
        Self {
            id: urls.storage(storage.customer, storage.space),
            class: "vocab:CustomerStorage",
            number_of_stored_images: storage.images,
            total_size_of_stored_images: storage.image_bytes,
            total_size_of_thumbnails: storage.thumbnail_bytes,
            last_calculated: storage.last_calculated,
            storage_policy: storage.policy.map(|policy| urls.storage_policy(&policy)),
        }
    }
}

impl ImageStorage {
    pub(crate) fn of(storage: &catalogue::ImageStorage, urls: &Urls) -> Self {
        Self {
            id: urls.image_storage(&storage.id),
            class: "vocab:ImageStorage",
            size: storage.bytes,
            thumbnail_size: storage.thumbnail_bytes,
            objects: storage.objects.iter().cloned().map(KeptObject::from).collect(),
            at_origin: storage.at_origin.clone().map(AtOrigin::from),
            last_checked: storage.last_checked,
            checking_in_progress: false,
        }
    }
}

impl From<catalogue::KeptObject> for KeptObject {
    fn from(object: catalogue::KeptObject) -> Self {
        Self { name: object.name, bytes: object.bytes, sha256: object.sha256 }
    }
}

impl From<catalogue::AtOrigin> for AtOrigin {
    fn from(seen: catalogue::AtOrigin) -> Self {
        Self { origin: seen.url, bytes: seen.bytes, etag: seen.etag }
    }
}

impl Resource for StoragePolicy {
    const CLASS: Class = Class {
        name: "StoragePolicy",
        description: "How much may be kept.",
        properties: &[
            Property::settable("name", Range::Text, "By which it is referred to; permanent."),
            Property::settable("maximumNumberOfStoredImages", Range::Number, "How many assets."),
            Property::settable("maximumTotalSizeOfStoredImages", Range::Number, "How many bytes."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }

    fn changed(&self) -> Option<OffsetDateTime> {
        Some(self.modified)
    }
}

impl Resource for CustomerStorage {
    const CLASS: Class = Class {
        name: "CustomerStorage",
        description: "How much a customer keeps, in one space or in all.",
        properties: &[
            Property::given("numberOfStoredImages", Range::Number, "How many assets there are."),
            Property::given("totalSizeOfStoredImages", Range::Number, "In bytes."),
            Property::given("totalSizeOfThumbnails", Range::Number, "In bytes."),
            Property::given("lastCalculated", Range::Moment, "When a number last changed."),
            Property::settable("storagePolicy", Range::Link, "How much may be kept."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}

impl Resource for ImageStorage {
    const CLASS: Class = Class {
        name: "ImageStorage",
        description: "How much is kept for one asset.",
        properties: &[
            Property::given("size", Range::Number, "In bytes, without thumbnails."),
            Property::given("thumbnailSize", Range::Number, "In bytes."),
            Property::given("objects", Range::Structure, "What the bytes are, with checksums."),
            Property::given("sha256", Range::Text, "A checksum of an object."),
            Property::given("atOrigin", Range::Structure, "An original that its owner keeps."),
            Property::given("lastChecked", Range::Moment, "When the numbers were last right."),
            Property::given("checkingInProgress", Range::Truth, "Never: they are always right."),
        ],
    };

    fn url(&self) -> &str {
        &self.id
    }
}
