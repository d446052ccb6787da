use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
};

/// A server as it was when it was first asked for a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHost {
    /// Its name and port.
    pub host: String,
    /// The fingerprint of its key.
    pub key: String,
    pub seen: OffsetDateTime,
}

impl Catalogue {
    /// The key that a server is known by: the one that it shows, if it was never seen before.
    pub async fn trust_host(
        &self,
        strategy: &str,
        host: &str,
        shown: &str,
        now: OffsetDateTime,
    ) -> Result<String, Error> {
        let sql = "INSERT INTO known_host (strategy, host, host_key, seen) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (strategy, host) DO NOTHING";
        let known = "SELECT host_key FROM known_host WHERE strategy = $1 AND host = $2";
        let change = self.database().begin().await?;
        let values = [strategy.into(), host.into(), shown.into(), query::micros(now).into()];
        query::run(&change, sql, values).await?;
        let key = query::one::<String>(&change, known, [strategy.into(), host.into()]).await?;
        change.commit().await?;
        key.ok_or_else(|| query::unreadable("host_key"))
    }

    /// By name.
    pub async fn known_hosts(&self, strategy: &str) -> Result<Vec<KnownHost>, Error> {
        let sql = "SELECT host, host_key, seen FROM known_host WHERE strategy = $1 ORDER BY host";
        query::all(self.database().reader(), sql, [strategy.into()]).await
    }
}

/// Forgets what the servers of a strategy were: who sends its credentials anew has looked at them.
pub(crate) async fn forget(change: &impl ConnectionTrait, strategy: &str) -> Result<(), Error> {
    let sql = "DELETE FROM known_host WHERE strategy = $1";
    query::run(change, sql, [strategy.into()]).await.map(drop)
}

impl Record for KnownHost {
    fn read(row: &Row) -> Result<Self, Error> {
        let (host, key) = (row.text("host")?, row.text("host_key")?);
        Ok(Self { host, key, seen: row.moment("seen")? })
    }
}
