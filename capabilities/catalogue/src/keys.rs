use std::fmt;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// An API key as it may be shown: without its secret, which nobody knows any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub customer: u32,
    pub created: OffsetDateTime,
}

/// A key just made: the only moment at which its secret is seen.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    pub key: String,
    pub secret: String,
    pub customer: u32,
}

impl Catalogue {
    /// Oldest first.
    pub async fn keys(&self, customer: u32) -> Result<Vec<Key>, Error> {
        let sql = "SELECT name, customer, created FROM api_key WHERE customer = $1
                   ORDER BY created, name";
        query::all(self.database().reader(), sql, [customer.into()]).await
    }
}

/// Makes a key and keeps what is needed to know its secret again.
pub(crate) async fn insert(
    change: &impl sea_orm::ConnectionTrait,
    customer: u32,
    now: OffsetDateTime,
) -> Result<NewKey, Error> {
    let new =
        NewKey { key: Uuid::new_v4().to_string(), secret: Uuid::new_v4().to_string(), customer };
    let sql = "INSERT INTO api_key (name, customer, secret_sha256, created)
               VALUES ($1, $2, $3, $4)";
    let (key, digest) = (new.key.clone(), query::hex(&digest(&new.secret)));
    let values = [key.into(), customer.into(), digest.into(), query::micros(now).into()];
    query::run(change, sql, values).await?;
    Ok(new)
}

/// A secret is as random as the digest is long: there is nothing to guess, so no salt, no delay.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

impl Record for Key {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            key: row.text("name")?,
            customer: row.number("customer")?,
            created: row.moment("created")?,
        })
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, customer, .. } = self;
        write!(f, "NewKey {{ key: {key:?}, secret: (hidden), customer: {customer} }}")
    }
}
