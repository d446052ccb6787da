use model::{AssetId, DeliveryChannel, Family, MediaType, Origin};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    AssetFilter, AssetProperty, AtOrigin, Catalogue, Cursor, Error, KeptObject, Order, Page, Paged,
    Place, Recording, Whereabouts,
    assets::asset_row::{SELECT, select},
    database::{many, query},
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
    /// Where the bytes of its version lie, if they were another asset's.
    pub kept: Option<Whereabouts>,
    /// Of audio and video.
    pub recording: Recording,
    /// Everything that is kept of its version but thumbnails; of a version that was made before this was noted, nothing.
    pub objects: Vec<KeptObject>,
    /// Where the original of its version lies, if it is served from its owner's bucket.
    pub at_origin: Option<AtOrigin>,
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

/// One page of a list of assets, and the ways to the pages beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct AssetPage {
    pub paged: Paged<Asset>,
    pub next: Option<Cursor>,
    pub previous: Option<Cursor>,
}

/// The rows to read: counted off from the nearer end, or from a cursor.
struct Part {
    from_the_end: bool,
    limit: i64,
    offset: i64,
}

impl Part {
    fn of(page: Page, total: i64, cursor: Option<&Cursor>) -> Self {
        let size = i64::from(page.size);
        if let Some(cursor) = cursor {
            return Self { from_the_end: cursor.is_backwards(), limit: size, offset: 0 };
        }
        let offset = page.offset();
        let limit = size.min(total.saturating_sub(offset)).max(0);
        let behind = total.saturating_sub(offset).saturating_sub(limit);
        let from_the_end = limit > 0 && behind < offset;
        Self { from_the_end, limit, offset: if from_the_end { behind } else { offset } }
    }
}

impl Asset {
    /// The checksum of its bytes as they came, if they are kept.
    pub fn original_sha256(&self) -> Option<&str> {
        let original = self.objects.iter().find(|object| object.name == "original");
        original.map(|original| original.sha256.as_str())
    }

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
        place: impl Into<Place>,
        order: Order<AssetProperty>,
    ) -> Result<AssetPage, Error> {
        let Place { page, cursor } = place.into();
        let cursor = cursor.filter(|cursor| cursor.fits(order));
        let total = match &cursor {
            Some(cursor) => cursor.total(),
            None => self.count_assets(customer, space, filter).await?,
        };
        let (mut condition, mut values) = filter.condition(customer, space);
        let part = Part::of(page, total, cursor.as_ref());
        if let Some(cursor) = cursor {
            let (beyond, more) = cursor.condition(order, values.len() + 1);
            condition = format!("{condition} AND {beyond}");
            values.extend(more);
        }
        let direction = order.by.order(order.descending != part.from_the_end);
        let (limit, offset) = (values.len() + 1, values.len() + 2);
        let sql = format!(
            "{SELECT} WHERE {condition} ORDER BY {direction} LIMIT ${limit} OFFSET ${offset}"
        );
        values.extend([part.limit.into(), part.offset.into()]);
        let mut items: Vec<Asset> = query::all(self.database().reader(), &sql, values).await?;
        if part.from_the_end {
            items.reverse();
        }
        let paged = page.of(items, total);
        let beside = |asset: Option<&Asset>, backwards| {
            Cursor::beside(asset?, order, backwards, paged.total)
        };
        let (next, previous) =
            (beside(paged.items.last(), false), beside(paged.items.first(), true));
        Ok(AssetPage { paged, next, previous })
    }

    async fn count_assets(
        &self,
        customer: u32,
        space: Option<u32>,
        filter: &AssetFilter,
    ) -> Result<i64, Error> {
        let database = self.database().reader();
        let total = if filter.is_empty() {
            // Counting millions of rows is slow; they are counted as they come and go.
            let count = "SELECT images FROM storage_use WHERE customer = $1 AND space = $2";
            let values = [customer.into(), space.unwrap_or_default().into()];
            query::one::<i64>(database, count, values).await?
        } else {
            let (condition, values) = filter.condition(customer, space);
            let count = format!("SELECT COUNT(*) FROM asset WHERE {condition}");
            query::one::<i64>(database, &count, values).await?
        };
        Ok(total.unwrap_or_default())
    }

    /// Those of `ids` that exist, in no particular order.
    pub async fn assets_by_id(&self, ids: &[AssetId]) -> Result<Vec<Asset>, Error> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(many::ROWS) {
            let (among, values) = many::among(some);
            let sql = format!("{SELECT} WHERE {among}");
            found.extend(query::all(self.database().reader(), &sql, values).await?);
        }
        Ok(found)
    }
}
