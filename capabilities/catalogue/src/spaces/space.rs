use std::str::FromStr;

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Order, Page, Paged, Reach,
    database::{
        dialect,
        query::{self, Record, Row},
    },
};

/// A shelf of a customer's assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    pub customer: u32,
    pub id: u32,
    pub name: String,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
    pub default_tags: Vec<String>,
    pub default_roles: Vec<String>,
    pub max_unauthorised: i32,
    /// Exact, although the API calls it approximate.
    pub approximate_number_of_images: i64,
}

/// By what spaces can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpaceProperty {
    #[default]
    Id,
    Name,
    Created,
}

impl FromStr for SpaceProperty {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "id" => Ok(Self::Id),
            "name" => Ok(Self::Name),
            "created" => Ok(Self::Created),
            _ => Err(Error::Invalid(format!(
                "spaces cannot be ordered by '{text}'; use id, name or created"
            ))),
        }
    }
}

impl Catalogue {
    pub async fn space(&self, customer: u32, id: u32) -> Result<Option<Space>, Error> {
        space(self.database().reader(), customer, id).await
    }

    pub async fn spaces(
        &self,
        reach: impl Into<Reach>,
        page: Page,
        order: Order<SpaceProperty>,
    ) -> Result<Paged<Space>, Error> {
        let (database, reach) = (self.database().reader(), reach.into());
        let direction = if order.descending { "DESC" } else { "ASC" };
        let order = match order.by {
            SpaceProperty::Id => format!("space.id {direction}"),
            SpaceProperty::Name => format!("space.name {direction}, space.id {direction}"),
            SpaceProperty::Created => format!("space.created {direction}, space.id {direction}"),
        };
        let condition = format!("space.customer = $1 AND {}", reach.condition("space.id"));
        let sql = format!("{SELECT} WHERE {condition} ORDER BY {order} LIMIT $2 OFFSET $3");
        let customer: Value = reach.customer.into();
        let values = [customer.clone(), page.size.into(), page.offset().into()];
        let items = query::all(database, &sql, values).await?;
        let count = format!("SELECT COUNT(*) FROM space WHERE {condition}");
        let total = query::one::<i64>(database, &count, [customer]).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }
}

const SELECT: &str =
    "SELECT space.customer, space.id, name, space.created, space.modified, default_tags,
    default_roles, max_unauthorised, images
    FROM space JOIN storage_use
    ON storage_use.customer = space.customer AND storage_use.space = space.id";

pub(crate) async fn space(
    database: &impl ConnectionTrait,
    customer: u32,
    id: u32,
) -> Result<Option<Space>, Error> {
    let sql = format!("{SELECT} WHERE space.customer = $1 AND space.id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

/// As [`space`], for a change: nobody else changes the space until this change has ended.
pub(crate) async fn space_for_update(
    change: &impl ConnectionTrait,
    customer: u32,
    id: u32,
) -> Result<Option<Space>, Error> {
    let lock = dialect::for_update(change);
    let sql = format!("SELECT id FROM space WHERE customer = $1 AND id = $2{lock}");
    query::one::<i64>(change, &sql, [customer.into(), id.into()]).await?;
    space(change, customer, id).await
}

impl Record for Space {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            id: row.number("id")?,
            name: row.text("name")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
            default_tags: row.json("default_tags")?,
            default_roles: row.json("default_roles")?,
            max_unauthorised: row.number("max_unauthorised")?,
            approximate_number_of_images: row.number("images")?,
        })
    }
}
