use std::sync::Arc;

use axum::http::HeaderValue;
use catalogue::AssetCard;
use iiif::image::{Drawing, Extent, Format, Quality};
use imaging::{Parsed, Pyramid, Stitch, TileRef};
use model::{AssetId, DeliveryChannel};
use moka::future::Cache;
use storage::{Ranges, keys};

use crate::{error::Error, headers::LastModified};

/// An image that is ready to be shown: its card, the index of its pyramid, and the headers that
/// all its answers share.
pub(crate) struct Exhibit {
    pub(crate) card: Arc<AssetCard>,
    pub(crate) pyramid: Arc<Pyramid>,
    /// Where the pyramid is.
    pub(crate) key: String,
    pub(crate) asset_id: HeaderValue,
    pub(crate) modified: LastModified,
}

/// Where the bytes of an answer come from.
pub(crate) enum Source {
    /// The drawing lies on the grid: tables, and a range of the pyramid.
    Grid(TileRef),
    /// The drawing is the whole image at the size of a stored thumbnail.
    Thumbnail(Extent),
    /// The drawing is put together from rows of the pyramid, without decoding.
    Stitch(Stitch),
    /// It has to be drawn, or was drawn before.
    Drawing,
}

impl Exhibit {
    pub(crate) fn extent(&self) -> Extent {
        self.pyramid.extent
    }

    /// The cheapest source of a drawing.
    pub(crate) fn source(&self, drawing: &Drawing) -> Source {
        if let Some(tile) = self.pyramid.tile(drawing) {
            return Source::Grid(tile);
        }
        let is_plain = drawing.is_full_region()
            && drawing.rotation.is_none()
            && drawing.quality == Quality::Default
            && drawing.format == Format::Jpg;
        let is_stored = || self.card.thumbnails.contains(&(drawing.size.w, drawing.size.h));
        if is_plain && is_stored() {
            return Source::Thumbnail(drawing.size);
        }
        self.pyramid.stitch(drawing).map_or(Source::Drawing, Source::Stitch)
    }

    /// About how much memory it takes.
    fn weight(&self) -> u32 {
        const CARD_BYTES: usize = 1024;
        u32::try_from(self.pyramid.index_bytes() + CARD_BYTES).unwrap_or(u32::MAX)
    }
}

/// What is read first of a pyramid: enough for the index of most.
const HEAD_BYTES: u64 = 64 * 1024;

/// The exhibits that are in use, by the name of the asset.
pub(crate) struct Exhibits {
    ranges: Ranges,
    kept: Cache<AssetId, Arc<Exhibit>>,
}

impl Exhibits {
    pub(crate) fn new(ranges: Ranges, max_bytes: u64) -> Self {
        let weigh = |_: &AssetId, exhibit: &Arc<Exhibit>| exhibit.weight();
        Self { ranges, kept: Cache::builder().max_capacity(max_bytes).weigher(weigh).build() }
    }

    /// The exhibit of a card as it is now; an index is read once for each version of the asset.
    pub(crate) async fn of(&self, card: Arc<AssetCard>) -> Result<Arc<Exhibit>, Error> {
        if !card.is_ready() || !card.has_channel(DeliveryChannel::IiifImg) {
            return Err(Error::NoSuchAsset);
        }
        let kept = self.kept.get(&card.id).await;
        if let Some(exhibit) = &kept
            && Arc::ptr_eq(&exhibit.card, &card)
        {
            return Ok(Arc::clone(exhibit));
        }
        let pyramid = match kept {
            Some(exhibit) if exhibit.card.version == card.version => Arc::clone(&exhibit.pyramid),
            _ => Arc::new(self.index(&keys::pyramid(&card.id, card.version)).await?),
        };
        let exhibit = Arc::new(Exhibit {
            pyramid,
            key: keys::pyramid(&card.id, card.version),
            asset_id: asset_id(&card.id),
            modified: LastModified::new(card.modified),
            card,
        });
        self.kept.insert(exhibit.card.id.clone(), Arc::clone(&exhibit)).await;
        Ok(exhibit)
    }

    /// One read of the head of the file, and a second one if the index is longer.
    async fn index(&self, key: &str) -> Result<Pyramid, Error> {
        let mut bytes = HEAD_BYTES;
        loop {
            let head = self.ranges.head(key, bytes).await?;
            match Pyramid::parse(&head.bytes, head.object_bytes).map_err(Error::Pyramid)? {
                Parsed::Done(pyramid) => return Ok(pyramid),
                Parsed::Need(more) if more > bytes => bytes = more,
                Parsed::Need(_) => return Err(Error::Pyramid(imaging::Error::Truncated)),
            }
        }
    }
}

/// The value of `x-asset-id`. Headers are ASCII, so the name is encoded as in addresses.
pub(crate) fn asset_id(id: &AssetId) -> HeaderValue {
    let text = format!("{}/{}/{}", id.customer, id.space, id.encoded_name());
    HeaderValue::try_from(text).expect("an encoded name is ASCII without control characters")
}
