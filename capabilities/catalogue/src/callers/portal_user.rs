use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A person who may use the portal for a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalUser {
    /// A GUID.
    pub id: String,
    pub customer: u32,
    pub email: String,
    pub enabled: bool,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
}

impl Catalogue {
    /// Oldest first.
    pub async fn portal_users(&self, customer: u32) -> Result<Vec<PortalUser>, Error> {
        let sql = format!("{SELECT} WHERE customer = $1 ORDER BY created, id");
        query::all(self.database().reader(), &sql, [customer.into()]).await
    }

    pub async fn portal_user(&self, customer: u32, id: &str) -> Result<Option<PortalUser>, Error> {
        portal_user(self.database().reader(), customer, id).await
    }
}

const SELECT: &str = "SELECT id, customer, email, enabled, created, modified FROM portal_user";

pub(crate) async fn portal_user(
    database: &impl ConnectionTrait,
    customer: u32,
    id: &str,
) -> Result<Option<PortalUser>, Error> {
    let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

impl Record for PortalUser {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            customer: row.number("customer")?,
            email: row.text("email")?,
            enabled: row.flag("enabled")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
        })
    }
}
