use model::Origin;
use regex::{Regex, RegexBuilder};
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Credentials, Error, HttpAccess, Login, S3Keys, SftpAccess,
    database::query::{self, Record, Row},
    origins::credentials::Fitted,
    seals::Seals,
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

/// How one origin is to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginAccess {
    /// Without credentials, by whatever its scheme says.
    Plain,
    /// By HTTP, with what lets us in.
    Http(HttpAccess),
    /// With the credentials that the service itself has for S3.
    AmbientS3 {
        optimised: bool,
    },
    /// With a customer's own credentials for S3.
    S3Keys(S3Keys),
    Sftp(SftpAccess),
    /// FTP, or FTP by TLS, with a name and a password.
    Ftp(Login),
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
        let access = match kept.strategy.strategy.as_str() {
            S3 => return Ok(OriginAccess::AmbientS3 { optimised: kept.strategy.optimised }),
            id if !NEED_CREDENTIALS.contains(&id) => return Ok(OriginAccess::Plain),
            id => match kept.credentials(&self.parts().seals)?.fit(id) {
                Ok(Fitted::Http(access)) => OriginAccess::Http(access),
                Ok(Fitted::S3(keys)) => OriginAccess::S3Keys(keys),
                Ok(Fitted::Sftp(access)) => {
                    OriginAccess::Sftp(SftpAccess { strategy: kept.strategy.id.clone(), ..access })
                }
                Ok(Fitted::Ftp(login)) => OriginAccess::Ftp(login),
                Err(_) => return Err(query::unreadable("credentials")),
            },
        };
        Ok(access)
    }
}

pub(crate) const BASIC: &str = "basic-http-authentication";
pub(crate) const BEARER: &str = "bearer-http-authentication";
pub(crate) const HEADERS: &str = "http-headers";
pub(crate) const S3: &str = "s3-ambient";
pub(crate) const S3_KEYS: &str = "s3-keys";
pub(crate) const FTP: &str = "ftp";
pub(crate) const SFTP: &str = "sftp";

/// The strategies that are nothing without credentials.
pub(crate) const NEED_CREDENTIALS: [&str; 6] = [BASIC, BEARER, HEADERS, S3_KEYS, SFTP, FTP];

/// A strategy as it is kept.
pub(crate) struct Kept {
    pub(crate) strategy: CustomerOriginStrategy,
    pub(crate) sealed: Option<String>,
}

impl Kept {
    /// What was sealed; a strategy without has none.
    pub(crate) fn credentials(&self, seals: &Seals) -> Result<Credentials, Error> {
        let sealed = self.sealed.as_deref().unwrap_or_default();
        let text = seals.open(sealed, &record(&self.strategy)).map_err(Error::unavailable)?;
        serde_json::from_str(&text).map_err(|_| query::unreadable("credentials"))
    }
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
