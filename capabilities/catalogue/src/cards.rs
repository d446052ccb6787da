use std::sync::Arc;

use model::{AssetId, DeliveryChannel, Family, MediaType, Origin};
use time::OffsetDateTime;

use crate::{AssetChannel, Catalogue, Error};

/// What delivery needs to know of an asset; kept in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetCard {
    pub id: AssetId,
    /// Names the derivatives that can be delivered; 0 before the first are ready.
    pub version: u64,
    pub media_type: MediaType,
    pub family: Family,
    pub origin: Option<Origin>,
    /// Width and height; of the version that can be delivered.
    pub extent: (u32, u32),
    pub duration: u64,
    pub gray: bool,
    pub roles: Vec<String>,
    pub max_unauthorised: i32,
    pub open_full_max: Option<u32>,
    pub max_width: Option<u32>,
    pub channels: Vec<AssetChannel>,
    /// Width and height of every stored thumbnail, largest first.
    pub thumbnails: Vec<(u32, u32)>,
    pub modified: OffsetDateTime,
    pub string1: Option<String>,
    pub string2: Option<String>,
    pub string3: Option<String>,
    pub number1: i64,
    pub number2: i64,
    pub number3: i64,
    pub tags: Vec<String>,
    pub ingesting: bool,
}

impl AssetCard {
    /// Is there anything to deliver yet?
    pub fn is_ready(&self) -> bool {
        self.version > 0
    }

    pub fn has_channel(&self, channel: DeliveryChannel) -> bool {
        self.channels.iter().any(|own| own.channel == channel)
    }
}

impl Catalogue {
    /// The card of an asset; `None` if there is no such asset or it is not for delivery.
    ///
    /// A change made by this process shows at once, one made by another after
    /// `card_max_age_seconds` at the latest.
    pub async fn card(&self, _id: &AssetId) -> Result<Option<Arc<AssetCard>>, Error> {
        todo!()
    }
}
