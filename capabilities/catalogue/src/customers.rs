use time::OffsetDateTime;

use crate::{Catalogue, Error, Page, Paged};

/// Who keeps things here. Not "tenant", "organisation" or "account".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    pub id: u32,
    /// Stands in public addresses instead of the id; never changes.
    pub name: String,
    pub display_name: String,
    pub administrator: bool,
    pub created: OffsetDateTime,
}

impl Catalogue {
    pub async fn customer(&self, _id: u32) -> Result<Option<Customer>, Error> {
        todo!()
    }

    /// Upper and lower case make no difference.
    pub async fn customer_by_name(&self, _name: &str) -> Result<Option<Customer>, Error> {
        todo!()
    }

    /// The customer that the first segment of a public address names, by number or by name; remembered for some seconds.
    pub async fn customer_id(&self, _name_or_id: &str) -> Result<Option<u32>, Error> {
        todo!()
    }

    pub async fn customers(&self, _page: Page) -> Result<Paged<Customer>, Error> {
        todo!()
    }
}
