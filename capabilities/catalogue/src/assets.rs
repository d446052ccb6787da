use model::{AssetId, DeliveryChannel, Family, MediaType, Origin};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{AssetFilter, AssetProperty, Catalogue, Error, Order, Page, Paged};

/// All that is recorded of one asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    pub id: AssetId,
    /// Names the derivatives that can be delivered now; 0 before the first are ready.
    pub version: u64,
    /// Names the derivatives that are being made, if any are.
    pub pending: Option<u64>,
    pub origin: Option<Origin>,
    pub media_type: MediaType,
    pub family: Family,
    pub channels: Vec<AssetChannel>,
    pub roles: Vec<String>,
    pub tags: Vec<String>,
    pub manifests: Vec<String>,
    /// -1: open.
    pub max_unauthorised: i32,
    pub open_full_max: Option<u32>,
    pub max_width: Option<u32>,
    pub string1: Option<String>,
    pub string2: Option<String>,
    pub string3: Option<String>,
    pub number1: i64,
    pub number2: i64,
    pub number3: i64,
    pub width: u32,
    pub height: u32,
    /// In milliseconds.
    pub duration: u64,
    pub gray: bool,
    /// Width and height of every stored thumbnail, largest first.
    pub thumbnails: Vec<(u32, u32)>,
    /// Bytes of the origin when it was last fetched.
    pub source_bytes: u64,
    /// Bytes kept for delivery: originals, pyramids, transcodes.
    pub stored_bytes: u64,
    pub thumbnail_bytes: u64,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
    /// When processing last ended, well or badly.
    pub finished: Option<OffsetDateTime>,
    pub ingesting: bool,
    pub error: Option<String>,
    pub batch: Option<i64>,
    pub not_for_delivery: bool,
}

/// One way in which an asset is delivered, and the policy that says what is made for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssetChannel {
    pub channel: DeliveryChannel,
    pub policy: String,
}

impl AssetChannel {
    /// System policies belong to the platform, the others to the customer.
    pub fn is_system(&self) -> bool {
        match self.channel {
            DeliveryChannel::IiifImg | DeliveryChannel::File | DeliveryChannel::None => true,
            DeliveryChannel::Thumbs | DeliveryChannel::IiifAv => false,
        }
    }
}

impl Asset {
    pub fn has_channel(&self, channel: DeliveryChannel) -> bool {
        self.channels.iter().any(|own| own.channel == channel)
    }
}

impl Catalogue {
    pub async fn asset(&self, _id: &AssetId) -> Result<Option<Asset>, Error> {
        todo!()
    }

    /// A customer's assets, in one space or in all.
    pub async fn assets(
        &self,
        _customer: u32,
        _space: Option<u32>,
        _filter: &AssetFilter,
        _page: Page,
        _order: Order<AssetProperty>,
    ) -> Result<Paged<Asset>, Error> {
        todo!()
    }

    /// Those of `ids` that exist, in no particular order.
    pub async fn assets_by_id(&self, _ids: &[AssetId]) -> Result<Vec<Asset>, Error> {
        todo!()
    }
}
