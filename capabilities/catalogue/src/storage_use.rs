use std::collections::BTreeMap;

use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, Catalogue, Error,
    database::query::{self, Record, Row},
};

/// How much a customer may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoragePolicy {
    pub id: String,
    pub max_images: i64,
    pub max_bytes: i64,
}

/// How much a customer keeps, in one space or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerStorage {
    pub customer: u32,
    pub space: Option<u32>,
    pub images: i64,
    pub image_bytes: i64,
    pub thumbnail_bytes: i64,
    /// Of the customer; a space has none of its own.
    pub policy: Option<String>,
    /// When one of the numbers last changed: they are always exact.
    pub last_calculated: OffsetDateTime,
}

/// How much is kept for one asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageStorage {
    pub id: AssetId,
    pub bytes: u64,
    pub thumbnail_bytes: u64,
    pub last_checked: OffsetDateTime,
}

/// The `error` of an asset that its customer's storage policy has no room for: a word between those who bring
/// assets in and those who tell why one is not in.
pub const NO_ROOM: &str = "the storage policy is exceeded: there is no room for this asset";

impl Catalogue {
    pub async fn storage_policies(&self) -> Result<Vec<StoragePolicy>, Error> {
        let sql = "SELECT id, max_images, max_bytes FROM storage_policy ORDER BY id";
        query::all(self.database().reader(), sql, []).await
    }

    pub async fn storage_policy(&self, id: &str) -> Result<Option<StoragePolicy>, Error> {
        let sql = "SELECT id, max_images, max_bytes FROM storage_policy WHERE id = $1";
        query::one(self.database().reader(), sql, [id.into()]).await
    }

    pub async fn customer_storage(
        &self,
        customer: u32,
        space: Option<u32>,
    ) -> Result<Option<CustomerStorage>, Error> {
        let sql = "SELECT customer, space, images, image_bytes, thumbnail_bytes, changed,
                   CASE WHEN space = 0 THEN storage_policy END AS policy
                   FROM storage_use JOIN customer ON customer.id = storage_use.customer
                   WHERE customer = $1 AND space = $2";
        let values = [customer.into(), space.unwrap_or_default().into()];
        query::one(self.database().reader(), sql, values).await
    }

    pub async fn image_storage(&self, id: &AssetId) -> Result<Option<ImageStorage>, Error> {
        let sql = "SELECT customer, space, name, stored_bytes, thumbnail_bytes,
                   COALESCE(finished, created) AS checked
                   FROM asset WHERE customer = $1 AND space = $2 AND name = $3";
        query::one(self.database().reader(), sql, query::key_of(id)).await
    }

    /// How many bytes more the customer's storage policy allows; an asset that needs more of them gets
    /// the error [`NO_ROOM`].
    pub async fn bytes_left(&self, customer: u32) -> Result<u64, Error> {
        let room = room(self.database().reader(), customer).await?;
        let left = room.max_bytes.saturating_sub(room.bytes);
        Ok(u64::try_from(left).unwrap_or_default())
    }
}

/// What an asset adds to what its customer keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Load {
    pub(crate) images: i64,
    pub(crate) image_bytes: i64,
    pub(crate) thumbnail_bytes: i64,
}

impl Load {
    pub(crate) fn of(asset: &Asset) -> Self {
        let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        Self {
            images: 1,
            image_bytes: bytes(asset.stored_bytes),
            thumbnail_bytes: bytes(asset.thumbnail_bytes),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            images: self.images + other.images,
            image_bytes: self.image_bytes.saturating_add(other.image_bytes),
            thumbnail_bytes: self.thumbnail_bytes.saturating_add(other.thumbnail_bytes),
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            images: self.images - other.images,
            image_bytes: self.image_bytes.saturating_sub(other.image_bytes),
            thumbnail_bytes: self.thumbnail_bytes.saturating_sub(other.thumbnail_bytes),
        }
    }
}

/// Adds to the counters of a customer and a space, in the transaction that changes the assets.
pub(crate) async fn add(
    change: &impl ConnectionTrait,
    (customer, space): (u32, u32),
    load: Load,
    now: OffsetDateTime,
) -> Result<(), Error> {
    add_all(change, customer, [(space, load)], now).await
}

/// The same for many assets of one customer, each with its space.
pub(crate) async fn add_all(
    change: &impl ConnectionTrait,
    customer: u32,
    loads: impl IntoIterator<Item = (u32, Load)>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    // The customer's row (space 0) first: changes of one customer wait here, and never crosswise.
    let mut spaces: BTreeMap<u32, Load> = BTreeMap::new();
    for (space, load) in loads {
        for space in [0, space] {
            let sum = spaces.entry(space).or_default();
            *sum = sum.plus(load);
        }
    }
    let sql = "UPDATE storage_use SET images = images + $3, image_bytes = image_bytes + $4,
               thumbnail_bytes = thumbnail_bytes + $5, changed = $6
               WHERE customer = $1 AND space = $2";
    for (space, load) in spaces.into_iter().filter(|(_, load)| *load != Load::default()) {
        let Load { images, image_bytes, thumbnail_bytes } = load;
        let added = [images.into(), image_bytes.into(), thumbnail_bytes.into()];
        let values = [customer.into(), space.into()].into_iter().chain(added);
        query::run(change, sql, values.chain([query::micros(now).into()])).await?;
    }
    Ok(())
}

/// Makes the counters of a new customer (space 0) or space.
pub(crate) async fn open(
    change: &impl ConnectionTrait,
    (customer, space): (u32, u32),
    now: OffsetDateTime,
) -> Result<(), Error> {
    let sql = "INSERT INTO storage_use
               (customer, space, images, image_bytes, thumbnail_bytes, changed)
               VALUES ($1, $2, 0, 0, 0, $3)";
    let values = [customer.into(), space.into(), query::micros(now).into()];
    query::run(change, sql, values).await?;
    Ok(())
}

/// Fails if the customer has more assets than its policy allows; those just added count.
pub(crate) async fn check_images(
    change: &impl ConnectionTrait,
    customer: u32,
) -> Result<(), Error> {
    let room = room(change, customer).await?;
    if room.images <= room.max_images {
        return Ok(());
    }
    Err(Error::LimitExceeded(format!(
        "This operation will fall outside of your storage policy for number of images: maximum is {}",
        room.max_images
    )))
}

struct Room {
    images: i64,
    bytes: i64,
    max_images: i64,
    max_bytes: i64,
}

async fn room(database: &impl ConnectionTrait, customer: u32) -> Result<Room, Error> {
    let sql = "SELECT images, image_bytes + thumbnail_bytes AS bytes, max_images, max_bytes
               FROM storage_use JOIN customer ON customer.id = storage_use.customer
               JOIN storage_policy ON storage_policy.id = customer.storage_policy
               WHERE customer = $1 AND space = 0";
    let room = query::one(database, sql, [customer.into()]).await?;
    room.ok_or_else(|| Error::NotFound(format!("customer {customer}")))
}

impl Record for Room {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            images: row.number("images")?,
            bytes: row.number("bytes")?,
            max_images: row.number("max_images")?,
            max_bytes: row.number("max_bytes")?,
        })
    }
}

impl Record for StoragePolicy {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            max_images: row.number("max_images")?,
            max_bytes: row.number("max_bytes")?,
        })
    }
}

impl Record for CustomerStorage {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            space: Some(row.number("space")?).filter(|space| *space != 0),
            images: row.number("images")?,
            image_bytes: row.number("image_bytes")?,
            thumbnail_bytes: row.number("thumbnail_bytes")?,
            policy: row.optional_text("policy")?,
            last_calculated: row.moment("changed")?,
        })
    }
}

impl Record for ImageStorage {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.asset_id()?,
            bytes: row.number("stored_bytes")?,
            thumbnail_bytes: row.number("thumbnail_bytes")?,
            last_checked: row.moment("checked")?,
        })
    }
}
