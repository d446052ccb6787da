use model::{AssetId, DeliveryChannel, Family, MediaType, Origin};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    AssetFilter, AssetProperty, Catalogue, Error, Order, Page, Paged,
    asset_row::{SELECT, select},
    database::query,
};

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

/// The policy of `iiif-img` by which no pyramid is made: the original is served in place.
const USE_ORIGINAL: &str = "use-original";

impl AssetChannel {
    /// Whether images are to be drawn from the original itself.
    pub fn uses_original(&self) -> bool {
        self.channel == DeliveryChannel::IiifImg && self.policy == USE_ORIGINAL
    }

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
    pub async fn asset(&self, id: &AssetId) -> Result<Option<Asset>, Error> {
        select(self.database().reader(), id, "").await
    }

    /// A customer's assets, in one space or in all.
    pub async fn assets(
        &self,
        customer: u32,
        space: Option<u32>,
        filter: &AssetFilter,
        page: Page,
        order: Order<AssetProperty>,
    ) -> Result<Paged<Asset>, Error> {
        let database = self.database().reader();
        let (condition, mut values) = filter.condition(customer, space);
        let total = if filter.is_empty() {
            // Counting millions of rows is slow; they are counted as they come and go.
            let count = "SELECT images FROM storage_use WHERE customer = $1 AND space = $2";
            let values = [customer.into(), space.unwrap_or_default().into()];
            query::one::<i64>(database, count, values).await?
        } else {
            let count = format!("SELECT COUNT(*) FROM asset WHERE {condition}");
            query::one::<i64>(database, &count, values.clone()).await?
        };
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        let order = order.by.order(order.descending);
        let sql =
            format!("{SELECT} WHERE {condition} ORDER BY {order} LIMIT ${limit} OFFSET ${offset}");
        values.extend([page.size.into(), page.offset().into()]);
        let items = query::all(database, &sql, values).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }

    /// Those of `ids` that exist, in no particular order.
    pub async fn assets_by_id(&self, ids: &[AssetId]) -> Result<Vec<Asset>, Error> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(query::ROWS) {
            let keys = query::key_marks(some.len());
            let sql = format!("{SELECT} WHERE (customer, space, name) IN {keys}");
            let values = some.iter().flat_map(query::key_of);
            found.extend(query::all(self.database().reader(), &sql, values).await?);
        }
        Ok(found)
    }
}
