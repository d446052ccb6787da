use catalogue::{AssetCard, AssetChannel};
use iiif::image::Extent;
use model::{AssetId, DeliveryChannel, MediaType};
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
        let extent = (self.extent.w, self.extent.h);
        AssetCard {
            gray: self.gray,
            channels: vec![AssetChannel {
                channel: DeliveryChannel::IiifImg,
                policy: policy.to_owned(),
            }],
            ..AssetCard::open_image(id.clone(), version, self.media_type.clone(), extent, modified)
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
