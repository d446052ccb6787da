use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, EventKind,
    database::query::{self, Record, Row},
};

/// An address that a customer wants told of what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// A GUID.
    pub id: String,
    pub customer: u32,
    pub url: String,
    /// What it wants to hear of; empty: everything.
    pub kinds: Vec<EventKind>,
    /// `false` if its owner says so, or it failed too often.
    pub enabled: bool,
    /// When it was last told something.
    pub told: Option<OffsetDateTime>,
    pub trouble: Option<Trouble>,
    pub ping: Option<Ping>,
    pub created: OffsetDateTime,
    pub modified: OffsetDateTime,
}

/// Why a listener is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// How often it failed in a row.
    pub failures: u32,
    pub since: OffsetDateTime,
    /// What happened the last time.
    pub error: String,
    /// When it is tried again, if it is.
    pub next: OffsetDateTime,
}

/// A try that its owner asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ping {
    pub asked: OffsetDateTime,
    /// When it was made, and what came back; `None` while it is to be made.
    pub answer: Option<(OffsetDateTime, String)>,
}

impl Catalogue {
    /// A customer's, oldest first.
    pub async fn webhooks(&self, customer: u32) -> Result<Vec<Webhook>, Error> {
        let sql = format!("{SELECT} WHERE webhook.customer = $1 ORDER BY created, webhook.id");
        query::all(self.database().reader(), &sql, [customer.into()]).await
    }

    pub async fn webhook(&self, customer: u32, id: &str) -> Result<Option<Webhook>, Error> {
        webhook(self.database().reader(), customer, id).await
    }
}

const SELECT: &str = "SELECT webhook.id, webhook.customer, url, created, modified, kinds, enabled,
    due, failures, failing_since, error, told, ping, pinged, ping_answer
    FROM webhook JOIN event_listener ON event_listener.id = webhook.id";

pub(crate) const ROW: &str = "webhook WHERE id = $1 AND customer = $2";

pub(crate) async fn webhook(
    database: &impl ConnectionTrait,
    customer: u32,
    id: &str,
) -> Result<Option<Webhook>, Error> {
    let sql = format!("{SELECT} WHERE webhook.customer = $1 AND webhook.id = $2");
    query::one(database, &sql, [customer.into(), id.into()]).await
}

/// What a secret is sealed for: moved to another row it doesn't open.
pub(crate) fn record(customer: u32, id: &str) -> String {
    format!("webhook {customer}/{id}")
}

pub(crate) fn none(id: &str) -> Error {
    Error::NotFound(format!("webhook {id}"))
}

/// A list of words, separated by blanks.
pub(crate) fn kinds(row: &Row) -> Result<Vec<EventKind>, Error> {
    let kinds = row.text("kinds")?;
    let kinds: Result<_, Error> = kinds.split_whitespace().map(str::parse).collect();
    kinds.map_err(|_| query::unreadable("kinds"))
}

impl Record for Webhook {
    fn read(row: &Row) -> Result<Self, Error> {
        let trouble = row.optional_moment("failing_since")?.map(|since| {
            let error = row.optional_text("error")?.unwrap_or_default();
            let (failures, next) = (row.number("failures")?, row.moment("due")?);
            Ok::<_, Error>(Trouble { failures, since, error, next })
        });
        let answer = row.optional_moment("pinged")?.zip(row.optional_text("ping_answer")?);
        let asked = row.optional_moment("ping")?;
        let ping = match (asked, answer) {
            (Some(asked), _) => Some(Ping { asked, answer: None }),
            (None, Some((at, answer))) => Some(Ping { asked: at, answer: Some((at, answer)) }),
            (None, None) => None,
        };
        Ok(Self {
            id: row.text("id")?,
            customer: row.number("customer")?,
            url: row.text("url")?,
            kinds: kinds(row)?,
            enabled: row.flag("enabled")?,
            told: row.optional_moment("told")?,
            trouble: trouble.transpose()?,
            ping,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
        })
    }
}
