use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Page, Paged,
    database::query::{self, Record, Row},
};

/// Who keeps things here. Not "tenant", "organisation" or "account".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: u32,
    /// Stands in public addresses instead of the id; never changes.
    pub name: String,
    pub display_name: String,
    pub administrator: bool,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
}

impl Catalogue {
    pub async fn customer(&self, id: u32) -> Result<Option<Customer>, Error> {
        customer(self.database().reader(), id).await
    }

    /// Upper and lower case make no difference.
    pub async fn customer_by_name(&self, name: &str) -> Result<Option<Customer>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM customer WHERE name_folded = $1");
        query::one(self.database().reader(), &sql, [fold(name).into()]).await
    }

    /// The customer that the first segment of a public address names, by number or by name.
    ///
    /// A number is taken at its word; a name is looked up and remembered for some seconds.
    pub async fn customer_id(&self, name_or_id: &str) -> Result<Option<u32>, Error> {
        if let Ok(id) = name_or_id.parse() {
            return Ok(Some(id));
        }
        let look_up = async {
            Ok::<_, Error>(self.customer_by_name(name_or_id).await?.map(|customer| customer.id))
        };
        let names = &self.parts().customer_names.0;
        let found = names.try_get_with(fold(name_or_id), look_up).await;
        found.map_err(Arc::unwrap_or_clone)
    }

    /// By id.
    pub async fn customers(&self, page: Page) -> Result<Paged<Customer>, Error> {
        let database = self.database().reader();
        let sql = format!("SELECT {COLUMNS} FROM customer ORDER BY id LIMIT $1 OFFSET $2");
        let items = query::all(database, &sql, [page.size.into(), page.offset().into()]).await?;
        let total = query::one::<i64>(database, "SELECT COUNT(*) FROM customer", []).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }
}

/// Names of customers, and who has them: a name is never given up or changed.
pub(crate) struct CustomerNames(Cache<String, Option<u32>>);

impl CustomerNames {
    pub(crate) async fn forget(&self, name: &str) {
        self.0.invalidate(&fold(name)).await;
    }
}

impl Default for CustomerNames {
    fn default() -> Self {
        let names = Cache::builder().max_capacity(10_000).time_to_live(Duration::from_secs(5));
        Self(names.build())
    }
}

const COLUMNS: &str = "id, name, display_name, administrator, created, modified";

pub(crate) async fn customer(
    database: &impl sea_orm::ConnectionTrait,
    id: u32,
) -> Result<Option<Customer>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM customer WHERE id = $1");
    query::one(database, &sql, [id.into()]).await
}

/// How names are compared that must be unique.
pub(crate) fn fold(name: &str) -> String {
    name.to_lowercase()
}

impl Record for Customer {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.number("id")?,
            name: row.text("name")?,
            display_name: row.text("display_name")?,
            administrator: row.flag("administrator")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
        })
    }
}
