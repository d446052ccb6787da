use std::fmt;

use model::Origin;
use regex::{Regex, RegexBuilder};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// How a customer wants the origins fetched that match a regex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerOriginStrategy {
    /// A GUID.
    pub id: String,
    pub customer: u32,
    /// Matched anywhere in the origin, in any case.
    pub regex: String,
    /// The id of an [`OriginStrategy`](crate::OriginStrategy).
    pub strategy: String,
    pub has_credentials: bool,
    /// May the bytes be served from the origin itself, without a copy?
    pub optimised: bool,
    /// Of several that match, the lowest counts.
    pub order: i32,
    pub modified: OffsetDateTime,
}

/// A name and a password; never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub user: String,
    pub password: String,
}

/// How one origin is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginAccess {
    /// Without credentials, by whatever its scheme says.
    Plain,
    /// HTTP with a name and a password.
    Basic(Credentials),
    /// With the credentials that the service itself has for S3.
    AmbientS3 { optimised: bool },
    /// SFTP with a name and a password.
    Sftp(Credentials),
}

impl Catalogue {
    /// In the order in which they are tried.
    pub async fn customer_origin_strategies(
        &self,
        customer: u32,
    ) -> Result<Vec<CustomerOriginStrategy>, Error> {
        let kept = kept_of(self.database().reader(), customer).await?;
        Ok(kept.into_iter().map(|kept| kept.strategy).collect())
    }

    pub async fn customer_origin_strategy(
        &self,
        customer: u32,
        id: &str,
    ) -> Result<Option<CustomerOriginStrategy>, Error> {
        let kept = kept_one(self.database().reader(), customer, id).await?;
        Ok(kept.map(|kept| kept.strategy))
    }

    /// How a customer wants this origin fetched: the first strategy whose regex matches says it.
    pub async fn origin_access(
        &self,
        customer: u32,
        origin: &Origin,
    ) -> Result<OriginAccess, Error> {
        let all = kept_of(self.database().reader(), customer).await?;
        let matches = |kept: &&Kept| {
            let regex = compile(&kept.strategy.regex);
            regex.is_ok_and(|regex| regex.is_match(origin.as_str()))
        };
        let Some(kept) = all.iter().find(matches) else { return Ok(OriginAccess::Plain) };
        match kept.strategy.strategy.as_str() {
            BASIC => Ok(OriginAccess::Basic(self.credentials(kept)?)),
            SFTP => Ok(OriginAccess::Sftp(self.credentials(kept)?)),
            S3 => Ok(OriginAccess::AmbientS3 { optimised: kept.strategy.optimised }),
            _ => Ok(OriginAccess::Plain),
        }
    }

    fn credentials(&self, kept: &Kept) -> Result<Credentials, Error> {
        let sealed = kept.sealed.as_deref().unwrap_or_default();
        let seals = &self.parts().seals;
        let text = seals.open(sealed, &record(&kept.strategy)).map_err(Error::unavailable)?;
        serde_json::from_str(&text).map_err(|_| query::unreadable("credentials"))
    }
}

pub(crate) const BASIC: &str = "basic-http-authentication";
pub(crate) const S3: &str = "s3-ambient";
pub(crate) const SFTP: &str = "sftp";

/// A strategy as it is kept.
pub(crate) struct Kept {
    pub(crate) strategy: CustomerOriginStrategy,
    pub(crate) sealed: Option<String>,
}

/// What credentials are sealed for: moved to another row they don't open.
pub(crate) fn record(strategy: &CustomerOriginStrategy) -> String {
    format!("origin strategy {}/{}", strategy.customer, strategy.id)
}

/// Takes time linear in the origin, whatever a customer writes.
pub(crate) fn compile(regex: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(regex).case_insensitive(true).size_limit(1 << 20).build()
}

pub(crate) const SELECT: &str =
    "SELECT id, customer, regex, strategy, credentials, optimised, rank, modified
    FROM customer_origin_strategy";

async fn kept_of(database: &impl ConnectionTrait, customer: u32) -> Result<Vec<Kept>, Error> {
    let sql = format!("{SELECT} WHERE customer = $1 ORDER BY rank, id");
    query::all(database, &sql, [customer.into()]).await
}

pub(crate) async fn kept_one(
    database: &impl ConnectionTrait,
    customer: u32,
    id: &str,
) -> Result<Option<Kept>, Error> {
    let sql = format!("{SELECT} WHERE customer = $1 AND id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

impl Record for Kept {
    fn read(row: &Row) -> Result<Self, Error> {
        let sealed = row.optional_text("credentials")?;
        let strategy = CustomerOriginStrategy {
            id: row.text("id")?,
            customer: row.number("customer")?,
            regex: row.text("regex")?,
            strategy: row.text("strategy")?,
            has_credentials: sealed.is_some(),
            optimised: row.flag("optimised")?,
            order: row.number("rank")?,
            modified: row.moment("modified")?,
        };
        Ok(Self { strategy, sealed })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(hidden)")
    }
}
