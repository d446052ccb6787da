use std::fmt;

use sea_orm::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Catalogue, Error, Scope,
    database::query::{self, Record, Row},
};

/// An API key as it may be shown: without its secret, which nobody knows any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub customer: u32,
    pub fields: KeyFields,
    pub created: OffsetDateTime,
    /// To the minute, about.
    pub last_used: Option<OffsetDateTime>,
}

/// What a key is for. By default it opens all that is its customer's, for good.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFields {
    /// For people, who have many keys.
    pub label: Option<String>,
    pub scope: Scope,
    /// In these spaces alone.
    pub spaces: Option<Vec<u32>>,
    pub requests_per_minute: Option<u32>,
    pub expires: Option<OffsetDateTime>,
}

/// A key just made: the only moment at which its secret is seen.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    pub key: String,
    pub secret: String,
    pub customer: u32,
    pub fields: KeyFields,
}

impl Catalogue {
    /// Oldest first.
    pub async fn keys(&self, customer: u32) -> Result<Vec<Key>, Error> {
        let sql = "SELECT name, customer, label, scope, spaces, requests_per_minute, expires,
                   created, last_used FROM api_key WHERE customer = $1 ORDER BY created, name";
        query::all(self.database().reader(), sql, [customer.into()]).await
    }
}

/// Makes a key and keeps what is needed to know its secret again.
pub(crate) async fn insert(
    change: &impl sea_orm::ConnectionTrait,
    customer: u32,
    fields: &KeyFields,
    now: OffsetDateTime,
) -> Result<NewKey, Error> {
    let (key, secret) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
    let new = NewKey { key, secret, customer, fields: fields.clone() };
    let KeyFields { label, scope, spaces, requests_per_minute, expires } = fields;
    let spaces =
        spaces.as_ref().map(|spaces| serde_json::Value::from(spaces.as_slice()).to_string());
    let columns: Vec<(&str, Value)> = vec![
        ("name", new.key.as_str().into()),
        ("customer", customer.into()),
        ("secret_sha256", query::hex(&digest(&new.secret)).into()),
        ("label", label.clone().into()),
        ("scope", scope.as_str().into()),
        ("spaces", spaces.into()),
        ("requests_per_minute", requests_per_minute.map(i64::from).into()),
        ("expires", expires.map(query::micros).into()),
        ("created", query::micros(now).into()),
    ];
    let (sql, values) = query::insert("api_key", columns);
    query::run(change, &sql, values).await?;
    Ok(new)
}

/// A secret is as random as the digest is long: there is nothing to guess, so no salt, no delay.
pub(crate) fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

impl Record for KeyFields {
    fn read(row: &Row) -> Result<Self, Error> {
        let spaces = row.optional_text("spaces")?;
        let spaces = spaces.map(|list| serde_json::from_str(&list)).transpose();
        Ok(Self {
            label: row.optional_text("label")?,
            scope: row.parsed("scope")?,
            spaces: spaces.map_err(|_| query::unreadable("spaces"))?,
            requests_per_minute: row.optional_number("requests_per_minute")?,
            expires: row.optional_moment("expires")?,
        })
    }
}

impl Record for Key {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            key: row.text("name")?,
            customer: row.number("customer")?,
            fields: KeyFields::read(row)?,
            created: row.moment("created")?,
            last_used: row.optional_moment("last_used")?,
        })
    }
}

impl fmt::Debug for NewKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, customer, .. } = self;
        write!(f, "NewKey {{ key: {key:?}, secret: (hidden), customer: {customer} }}")
    }
}
