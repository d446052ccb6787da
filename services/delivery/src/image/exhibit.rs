use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::http::HeaderValue;
use catalogue::{AssetCard, AssetChannel};
use iiif::image::{Drawing, Extent, Format, Quality, Tiles};
use imaging::{Outline, Parsed, Pyramid, Stitch, TileRef};
use model::{AssetId, DeliveryChannel};
use moka::future::Cache;
use storage::{Ranges, keys};

use crate::{error::Error, headers::LastModified};

/// An image that is ready to be shown: its card, the index of its pyramid, and the headers that
/// all its answers share.
pub(crate) struct Exhibit {
    /// No other has it: another version of the image is another number.
    pub(crate) number: u64,
    pub(crate) card: Arc<AssetCard>,
    pub(crate) access: Access,
    /// Where the pyramid, or the original, is.
    pub(crate) key: String,
    pub(crate) asset_id: HeaderValue,
    pub(crate) modified: LastModified,
}

/// What an image is drawn from, and what is known of it.
#[derive(Clone)]
pub(crate) enum Access {
    /// A file that we wrote.
    Pyramid(Arc<Pyramid>),
    /// A file as it came, which a child reads.
    Original(Arc<Outline>),
}

/// Where the bytes of an answer come from.
pub(crate) enum Source {
    /// The drawing lies on the grid: tables, and a range of the pyramid.
    Grid(TileRef),
    /// The drawing is the whole image at the size of a stored thumbnail.
    Thumbnail(Extent),
    /// The drawing is put together from rows of the pyramid, without decoding.
    Stitch(Arc<Pyramid>, Stitch),
    /// It has to be drawn, or was drawn before.
    Drawing,
}

impl Exhibit {
    pub(crate) fn extent(&self) -> Extent {
        match &self.access {
            Access::Pyramid(pyramid) => pyramid.extent,
            Access::Original(outline) => outline.extent,
        }
    }

    pub(crate) fn is_gray(&self) -> bool {
        match &self.access {
            Access::Pyramid(pyramid) => pyramid.gray,
            Access::Original(outline) => outline.gray,
        }
    }

    /// The extents of the levels.
    pub(crate) fn sizes(&self) -> Vec<Extent> {
        match &self.access {
            Access::Pyramid(pyramid) => pyramid.sizes(),
            Access::Original(outline) => outline.sizes(),
        }
    }

    /// What viewers should ask for.
    pub(crate) fn tiles(&self) -> Tiles {
        match &self.access {
            Access::Pyramid(pyramid) => Tiles::square(pyramid.tile, pyramid.scale_factors()),
            Access::Original(outline) => {
                let Extent { w, h } = outline.tile;
                let tiles = Tiles::square(w, outline.scale_factors());
                Tiles { h: (h != w).then_some(h), ..tiles }
            }
        }
    }

    /// The cheapest source of a drawing.
    pub(crate) fn source(&self, drawing: &Drawing) -> Source {
        if let Access::Pyramid(pyramid) = &self.access
            && let Some(tile) = pyramid.tile(drawing)
        {
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
        if let Access::Pyramid(pyramid) = &self.access
            && let Some(stitch) = pyramid.stitch(drawing)
        {
            return Source::Stitch(Arc::clone(pyramid), stitch);
        }
        Source::Drawing
    }

    /// About how much memory it takes.
    fn weight(&self) -> u32 {
        const CARD_BYTES: usize = 1024;
        let index_bytes = match &self.access {
            Access::Pyramid(pyramid) => pyramid.index_bytes(),
            Access::Original(outline) => outline.bytes(),
        };
        u32::try_from(index_bytes + CARD_BYTES).unwrap_or(u32::MAX)
    }
}

/// What is read first of a pyramid: enough for the index of most.
const HEAD_BYTES: u64 = 64 * 1024;

/// The exhibits that are in use, by the name of the asset.
pub(crate) struct Exhibits {
    ranges: Ranges,
    kept: Cache<AssetId, Arc<Exhibit>>,
    opened: AtomicU64,
}

impl Exhibits {
    pub(crate) fn new(ranges: Ranges, max_bytes: u64) -> Self {
        let weigh = |_: &AssetId, exhibit: &Arc<Exhibit>| exhibit.weight();
        let kept = Cache::builder().max_capacity(max_bytes).weigher(weigh).build();
        Self { ranges, kept, opened: AtomicU64::new(0) }
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
        let (number, access) = match kept {
            Some(exhibit) if exhibit.card.version == card.version => {
                (exhibit.number, exhibit.access.clone())
            }
            _ => (self.opened.fetch_add(1, Ordering::Relaxed), Box::pin(self.open(&card)).await?),
        };
        let (id, version) = card.kept_at();
        let key = match &access {
            Access::Pyramid(_) => keys::pyramid(id, version),
            Access::Original(_) => keys::original(id, version),
        };
        let exhibit = Arc::new(Exhibit {
            number,
            access,
            key,
            asset_id: asset_id(&card.id),
            modified: LastModified::new(card.modified),
            card,
        });
        self.kept.insert(exhibit.card.id.clone(), Arc::clone(&exhibit)).await;
        Ok(exhibit)
    }

    /// An image whose pyramid is in the making, as it is drawn until then; it is not kept.
    pub(crate) fn meanwhile(&self, card: Arc<AssetCard>, outline: Arc<Outline>) -> Exhibit {
        Exhibit {
            number: self.opened.fetch_add(1, Ordering::Relaxed),
            access: Access::Original(outline),
            key: keys::original(&card.id, card.version),
            asset_id: asset_id(&card.id),
            modified: LastModified::new(card.modified),
            card,
        }
    }

    /// Opens what there is of the version that is shown. The policy says what to look for first: it
    /// may have been changed since, and the new version is still in the making.
    async fn open(&self, card: &AssetCard) -> Result<Access, Error> {
        let (id, version) = card.kept_at();
        let pyramid = async {
            let index = self.index(&keys::pyramid(id, version)).await;
            index.map(|pyramid| Access::Pyramid(Arc::new(pyramid)))
        };
        let original = async {
            let outline = self.outline(&keys::outline(id, version)).await;
            outline.map(|outline| Access::Original(Arc::new(outline)))
        };
        if card.channels.iter().any(AssetChannel::uses_original) {
            either(original, pyramid).await
        } else {
            either(pyramid, original).await
        }
    }

    /// What ingest wrote of an original.
    async fn outline(&self, key: &str) -> Result<Outline, Error> {
        let head = self.ranges.head(key, HEAD_BYTES).await?;
        let outline: Result<Outline, _> = serde_json::from_slice(&head.bytes);
        let outline = outline.map_err(|error| imaging::Error::Damaged(error.to_string()));
        outline.and_then(Outline::check).map_err(Error::Pyramid)
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

/// The second where the first is missing; if both are, it is the first that is missed.
async fn either(
    first: impl Future<Output = Result<Access, Error>>,
    second: impl Future<Output = Result<Access, Error>>,
) -> Result<Access, Error> {
    match first.await {
        Err(missing @ Error::Missing(_)) => second.await.map_err(|_| missing),
        found => found,
    }
}

/// The value of `x-asset-id`. Headers are ASCII, so the name is encoded as in addresses.
pub(crate) fn asset_id(id: &AssetId) -> HeaderValue {
    let text = format!("{}/{}/{}", id.customer, id.space, id.encoded_name());
    HeaderValue::try_from(text).expect("an encoded name is ASCII without control characters")
}
