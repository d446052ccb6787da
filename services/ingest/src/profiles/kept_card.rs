use catalogue::{AssetCard, AssetChannel, Recording};
use iiif::image::Extent;
use model::{AssetId, DeliveryChannel, Family, MediaType};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What is written of a version once it is complete.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptCard {
    pub(super) extent: Extent,
    pub(super) gray: bool,
    pub(super) media_type: MediaType,
    pub(super) in_place: bool,
}

impl KeptCard {
    /// As the catalogue would have it: an open image that was ingested.
    pub(super) fn to_card(
        &self,
        id: &AssetId,
        version: u64,
        modified: OffsetDateTime,
    ) -> AssetCard {
        let policy = if self.in_place { "use-original" } else { "default" };
        AssetCard {
            id: id.clone(),
            version,
            media_type: self.media_type.clone(),
            family: Family::Image,
            origin: None,
            extent: (self.extent.w, self.extent.h),
            duration: 0,
            gray: self.gray,
            roles: Vec::new(),
            max_unauthorised: -1,
            open_full_max: None,
            max_width: None,
            channels: vec![AssetChannel {
                channel: DeliveryChannel::IiifImg,
                policy: policy.to_owned(),
            }],
            thumbnails: Vec::new(),
            modified,
            string1: None,
            string2: None,
            string3: None,
            number1: 0,
            number2: 0,
            number3: 0,
            tags: Vec::new(),
            ingesting: false,
            headers: Vec::new(),
            kept: None,
            recording: Recording::default(),
        }
    }
}

/// What the file's name suggests.
pub(super) fn media_type(file_name: &str) -> MediaType {
    MediaType::from_extension(file_name).unwrap_or_else(unknown)
}

pub(super) fn unknown() -> MediaType {
    "application/octet-stream".parse().expect("it is a media type")
}
