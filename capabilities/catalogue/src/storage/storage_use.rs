use std::collections::{BTreeMap, BTreeSet};

use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, AtOrigin, Catalogue, Error, KeptObject, Page, Paged,
    database::query::{self, Record, Row, whole},
};

/// How much a customer may keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoragePolicy {
    pub id: String,
    pub max_images: i64,
    pub max_bytes: i64,
    pub modified: OffsetDateTime,
}

/// How much a customer keeps, in one space or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerStorage {
    pub customer: u32,
    pub space: Option<u32>,
    pub images: i64,
    pub image_bytes: i64,
    pub thumbnail_bytes: i64,
    /// A space needs none of its own.
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
    /// What the bytes are.
    pub objects: Vec<KeptObject>,
    /// What is not among them, for it lies in its owner's bucket.
    pub at_origin: Option<AtOrigin>,
    pub last_checked: OffsetDateTime,
}

/// The `error` of an asset that its customer's storage policy has no room for: a word between those who bring
/// assets in and those who tell why one is not in.
pub const NO_ROOM: &str = "the storage policy is exceeded: there is no room for this asset";

impl Catalogue {
    /// By name.
    pub async fn storage_policies(&self, page: Page) -> Result<Paged<StoragePolicy>, Error> {
        let database = self.database().reader();
        let sql = "SELECT id, max_images, max_bytes, modified FROM storage_policy
                   ORDER BY id LIMIT $1 OFFSET $2";
        let items = query::all(database, sql, [page.size.into(), page.offset().into()]).await?;
        let total = query::one::<i64>(database, "SELECT COUNT(*) FROM storage_policy", []).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }

    pub async fn storage_policy(&self, id: &str) -> Result<Option<StoragePolicy>, Error> {
        storage_policy(self.database().reader(), id).await
    }

    pub async fn customer_storage(
        &self,
        customer: u32,
        space: Option<u32>,
    ) -> Result<Option<CustomerStorage>, Error> {
        customer_storage(self.database().reader(), customer, space).await
    }

    pub async fn image_storage(&self, id: &AssetId) -> Result<Option<ImageStorage>, Error> {
        let sql = "SELECT customer, space, name, stored_bytes, thumbnail_bytes, objects, at_origin,
                   COALESCE(finished, created) AS checked
                   FROM asset WHERE customer = $1 AND space = $2 AND name = $3";
        query::one(self.database().reader(), sql, query::key_of(id)).await
    }

    /// How many bytes more the storage policies of its customer and its space allow an asset; one that needs
    /// more of them gets the error [`NO_ROOM`].
    pub async fn bytes_left(&self, id: &AssetId) -> Result<u64, Error> {
        let rooms = rooms(self.database().reader(), id.customer, [id.space]).await?;
        let left = rooms.iter().map(|room| room.max_bytes.saturating_sub(room.bytes)).min();
        Ok(u64::try_from(left.unwrap_or_default()).unwrap_or_default())
    }
}

pub(crate) async fn storage_policy(
    database: &impl ConnectionTrait,
    id: &str,
) -> Result<Option<StoragePolicy>, Error> {
    let sql = "SELECT id, max_images, max_bytes, modified FROM storage_policy WHERE id = $1";
    query::one(database, sql, [id.into()]).await
}

pub(crate) async fn customer_storage(
    database: &impl ConnectionTrait,
    customer: u32,
    space: Option<u32>,
) -> Result<Option<CustomerStorage>, Error> {
    let sql = format!(
        "SELECT customer, space, images, image_bytes, thumbnail_bytes, changed, {POLICY} AS policy
         FROM storage_use JOIN customer ON customer.id = storage_use.customer
         WHERE customer = $1 AND space = $2"
    );
    query::one(database, &sql, [customer.into(), space.unwrap_or_default().into()]).await
}

/// Of a row of `storage_use` beside its customer's.
const POLICY: &str = "CASE WHEN space = 0 THEN customer.storage_policy ELSE policy END";

/// What an asset adds to what its customer keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Load {
    pub(crate) images: i64,
    pub(crate) image_bytes: i64,
    pub(crate) thumbnail_bytes: i64,
}

impl Load {
    pub(crate) fn of(asset: &Asset) -> Self {
        Self {
            images: 1,
            image_bytes: whole(asset.stored_bytes),
            thumbnail_bytes: whole(asset.thumbnail_bytes),
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

/// Fails if there are more assets than the policy of the customer or of one of the spaces allows; those just added
/// count.
pub(crate) async fn check_images(
    change: &impl ConnectionTrait,
    customer: u32,
    spaces: impl IntoIterator<Item = u32>,
) -> Result<(), Error> {
    let spaces: BTreeSet<u32> = spaces.into_iter().collect();
    check_number(&rooms(change, customer, spaces).await?)
}

/// The same, and of their bytes: of an asset that came with its bytes to a space.
pub(crate) async fn check_room(
    change: &impl ConnectionTrait,
    customer: u32,
    space: u32,
) -> Result<(), Error> {
    let rooms = rooms(change, customer, [space]).await?;
    check_number(&rooms)?;
    match rooms.iter().any(|room| room.bytes > room.max_bytes) {
        true => Err(Error::LimitExceeded(NO_ROOM.to_owned())),
        false => Ok(()),
    }
}

fn check_number(rooms: &[Room]) -> Result<(), Error> {
    let Some(full) = rooms.iter().find(|room| room.images > room.max_images) else {
        return Ok(());
    };
    let whose = if full.space == 0 { "your" } else { "the space's" };
    Err(Error::LimitExceeded(format!(
        "This operation will fall outside of {whose} storage policy for number of images: maximum is {}",
        full.max_images
    )))
}

struct Room {
    /// 0: the customer itself.
    space: u32,
    images: i64,
    bytes: i64,
    max_images: i64,
    max_bytes: i64,
}

/// The customer's, and those of the spaces that have a policy of their own.
async fn rooms(
    database: &impl ConnectionTrait,
    customer: u32,
    spaces: impl IntoIterator<Item = u32>,
) -> Result<Vec<Room>, Error> {
    let mut values = vec![customer.into()];
    values.extend(spaces.into_iter().map(sea_orm::Value::from));
    let spaces = query::marks(2, values.len() - 1);
    let sql = format!(
        "SELECT space, images, image_bytes + thumbnail_bytes AS bytes, max_images, max_bytes
         FROM storage_use JOIN customer ON customer.id = storage_use.customer
         JOIN storage_policy ON storage_policy.id = {POLICY}
         WHERE customer = $1 AND space IN (0, {spaces})"
    );
    query::all(database, &sql, values).await
}

impl Record for Room {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            space: row.number("space")?,
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
            modified: row.moment("modified")?,
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
            objects: KeptObject::read(row)?,
            at_origin: AtOrigin::read(row)?,
            last_checked: row.moment("checked")?,
        })
    }
}
