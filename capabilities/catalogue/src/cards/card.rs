use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use model::{AssetId, DeliveryChannel, Family, MediaType, Origin, named_query::Field};
use moka::future::Cache;
use time::OffsetDateTime;

use crate::{AssetChannel, AtOrigin, Catalogue, Error, Recording, Whereabouts};

/// What delivery needs to know of an asset; kept in memory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    /// The headers that the customer wants sent with it: names and values, each name once.
    pub headers: Vec<(String, String)>,
    /// Where the bytes of its version lie, if they were another asset's.
    pub kept: Option<Whereabouts>,
    /// Of audio and video.
    pub recording: Recording,
    /// Where the original of its version lies, if it is served from its owner's bucket.
    pub at_origin: Option<AtOrigin>,
}

impl AssetCard {
    /// Of an image that everybody may see and of which nothing else is said, delivered in no way yet.
    pub fn open_image(
        id: AssetId,
        version: u64,
        media_type: MediaType,
        extent: (u32, u32),
        modified: OffsetDateTime,
    ) -> Self {
        Self {
            id,
            version,
            media_type,
            family: Family::Image,
            origin: None,
            extent,
            duration: 0,
            gray: false,
            roles: Vec::new(),
            max_unauthorised: -1,
            open_full_max: None,
            max_width: None,
            channels: Vec::new(),
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
            at_origin: None,
        }
    }

    /// Is there anything to deliver yet?
    pub fn is_ready(&self) -> bool {
        self.version > 0
    }

    pub fn has_channel(&self, channel: DeliveryChannel) -> bool {
        self.channels.iter().any(|own| own.channel == channel)
    }

    /// Is there anything of it that not everybody may see? Roles restrict an asset, and so does the older
    /// `maxUnauthorised`, even where no role opens it.
    pub fn is_restricted(&self) -> bool {
        !self.roles.is_empty() || self.max_unauthorised >= 0
    }

    /// What it says of itself, if it says anything; a number is always there.
    pub fn text(&self, field: Field) -> Option<String> {
        let text = match field {
            Field::String1 => self.string1.clone(),
            Field::String2 => self.string2.clone(),
            Field::String3 => self.string3.clone(),
            Field::Number1 => Some(self.number1.to_string()),
            Field::Number2 => Some(self.number2.to_string()),
            Field::Number3 => Some(self.number3.to_string()),
            // Templates can't name these for it.
            Field::Space | Field::SpaceName | Field::Batch | Field::Manifest => None,
        };
        text.filter(|text| !text.is_empty())
    }
}

impl Catalogue {
    /// The card of an asset; `None` if there is no such asset or it is not for delivery.
    ///
    /// A change made by this process shows at once, one made by another after
    /// `card_max_age_seconds` at the latest.
    pub async fn card(&self, id: &AssetId) -> Result<Option<Arc<AssetCard>>, Error> {
        let cards = &self.parts().cards;
        if let Some(remembered) = cards.cache.get(id).await
            && cards.is_current(id, &remembered)
        {
            return Ok(remembered.card);
        }
        // Boxed, because callers keep their place for it while they need it only now and then.
        Box::pin(self.look_up_card(id)).await
    }

    async fn look_up_card(&self, id: &AssetId) -> Result<Option<Arc<AssetCard>>, Error> {
        let cards = &self.parts().cards;
        // Whoever waits for somebody else's look-up may get what was true before a change that he
        // knows of. Then he looks again; after two such looks, for himself.
        for _ in 0..2 {
            let looked_up = async {
                let epoch = cards.epoch(id).load(Ordering::Acquire);
                Ok::<_, Error>(Remembered { epoch, card: self.read_card(id).await? })
            };
            let remembered = cards.cache.try_get_with_by_ref(id, looked_up).await;
            let remembered = remembered.map_err(Arc::unwrap_or_clone)?;
            if cards.is_current(id, &remembered) {
                return Ok(remembered.card);
            }
            cards.cache.invalidate(id).await;
        }
        self.read_card(id).await
    }

    async fn read_card(&self, id: &AssetId) -> Result<Option<Arc<AssetCard>>, Error> {
        let Some(card) = self.bare_card(id).await? else { return Ok(None) };
        let headers = self.headers_of(&card).await?;
        Ok(Some(Arc::new(AssetCard { headers, ..card })))
    }
}

/// The cards in memory, those of assets that do not exist included.
///
/// Every card carries the epoch in which it was read, and counts only while that lasts. A change
/// ends the epoch of its asset (and of the few that share its place), after it was committed: a
/// card read before, or while it was being committed, is out of date whenever it comes to be kept.
pub(crate) struct Cards {
    cache: Cache<AssetId, Remembered>,
    epochs: Box<[AtomicU64]>,
    places: RandomState,
}

#[derive(Clone)]
struct Remembered {
    epoch: u64,
    card: Option<Arc<AssetCard>>,
}

const EPOCHS: usize = 4096;

impl Cards {
    /// After `max_age` a card is read again, because another process may have changed its asset.
    pub(crate) fn new(capacity: u64, max_age: Duration) -> Self {
        Self {
            cache: Cache::builder().max_capacity(capacity).time_to_live(max_age).build(),
            epochs: (0..EPOCHS).map(|_| AtomicU64::new(0)).collect(),
            places: RandomState::new(),
        }
    }

    /// To be called when a change of the asset has been committed.
    pub(crate) fn forget(&self, id: &AssetId) {
        self.epoch(id).fetch_add(1, Ordering::Release);
    }

    /// To be called when a change has been committed that may touch any asset's card.
    pub(crate) fn forget_all(&self) {
        self.epochs.iter().for_each(|epoch| {
            epoch.fetch_add(1, Ordering::Release);
        });
    }

    fn is_current(&self, id: &AssetId, remembered: &Remembered) -> bool {
        remembered.epoch == self.epoch(id).load(Ordering::Acquire)
    }

    fn epoch(&self, id: &AssetId) -> &AtomicU64 {
        let place = self.places.hash_one(id) % self.epochs.len() as u64;
        &self.epochs[place as usize]
    }
}
