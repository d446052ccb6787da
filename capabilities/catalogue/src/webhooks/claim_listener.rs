use std::time::Duration;

use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::webhook::{kinds, record};
use crate::{
    Catalogue, Error, Event, EventKind,
    database::{
        dialect::is_postgres,
        query::{self, Record, Row, marks, micros},
    },
};

/// Somebody who is behind, held by a sender until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// A webhook's GUID, or a sink's name.
    pub id: String,
    /// Whose events it is told of; all, if nobody is named.
    pub customer: Option<u32>,
    /// What it wants to hear of; empty: everything.
    pub kinds: Vec<EventKind>,
    pub enabled: bool,
    /// The last event that it was told of.
    pub place: i64,
    pub failures: u32,
    /// When its owner asked for a try.
    pub ping: Option<OffsetDateTime>,
    pub(crate) sender: String,
}

/// Where a webhook is, and what signs what it is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Target {
    pub url: String,
    pub secret: String,
}

impl Catalogue {
    /// Makes the operator's sinks known: each begins with what happens from now on.
    pub async fn keep_sinks(&self, names: &[String], now: OffsetDateTime) -> Result<(), Error> {
        self.line_up_events().await?;
        for name in names {
            let sql = "INSERT INTO event_listener (id, kinds, enabled, place, due, failures)
                       SELECT $1, '', TRUE, next - 1, $2, 0 FROM counter WHERE name = 'event'
                       ON CONFLICT (id) DO NOTHING";
            let values = [name.as_str().into(), micros(now).into()];
            query::run(self.database().writer(), sql, values).await?;
        }
        Ok(())
    }

    /// Takes a listener who is behind for `lease`: a webhook, or one of these sinks.
    pub async fn claim_listener(
        &self,
        sinks: &[String],
        sender: &str,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<Option<Listener>, Error> {
        let names = sinks.iter().map(|name| Value::from(name.as_str()));
        // Mostly there is nobody, and to look disturbs no one who writes.
        let look = [micros(now).into()].into_iter().chain(names.clone());
        let behind = behind(1, sinks.len());
        if query::one::<String>(self.database().reader(), &behind, look).await?.is_none() {
            return Ok(None);
        }
        let database = self.database().writer();
        let values = [sender.into(), micros(now + lease).into(), micros(now).into()];
        let values = values.into_iter().chain(names);
        query::one(database, &claim(database, sinks.len()), values).await
    }

    /// What a listener is to be told next, of every kind: whoever tells it passes over what it doesn't want.
    pub async fn next_events(&self, listener: &Listener, limit: u32) -> Result<Vec<Event>, Error> {
        match listener.customer {
            Some(customer) => self.events(customer, listener.place, limit).await,
            None => self.all_events(listener.place, limit).await,
        }
    }

    /// Where a webhook is; `None` if it was deleted, or is a sink of the operator's.
    pub async fn webhook_target(&self, listener: &Listener) -> Result<Option<Target>, Error> {
        let sql = "SELECT url, secret FROM webhook WHERE id = $1";
        let kept =
            query::one::<Target>(self.database().reader(), sql, [listener.id.as_str().into()]);
        let (Some(kept), Some(customer)) = (kept.await?, listener.customer) else {
            return Ok(None);
        };
        let record = record(customer, &listener.id);
        let secret = self.parts().seals.open(&kept.secret, &record).map_err(Error::unavailable)?;
        Ok(Some(Target { secret, ..kept }))
    }
}

/// One statement: two senders never get the same listener.
pub(crate) fn claim(database: &impl ConnectionTrait, sinks: usize) -> String {
    let lock = if is_postgres(database) { " FOR UPDATE OF listener SKIP LOCKED" } else { "" };
    format!(
        "UPDATE event_listener SET sender = $1, due = $2 WHERE id = ({}{lock})
         RETURNING id, customer, kinds, enabled, place, failures, ping, sender",
        behind(3, sinks)
    )
}

/// Who has waited longest for something, or to be tried; the mark `now` is a moment, the sinks' names follow it.
fn behind(now: usize, sinks: usize) -> String {
    let named = match sinks {
        0 => "FALSE".to_owned(),
        _ => format!("listener.id IN ({})", marks(now + 1, sinks)),
    };
    format!(
        "SELECT listener.id FROM event_listener AS listener
         WHERE listener.due <= ${now} AND (listener.ping IS NOT NULL OR listener.enabled AND (
            (SELECT MAX(event.place) FROM event WHERE event.customer = listener.customer
                AND event.place IS NOT NULL) > listener.place
            OR listener.customer IS NULL AND {named} AND listener.place <
                (SELECT next - 1 FROM counter WHERE name = 'event')))
         ORDER BY listener.due LIMIT 1"
    )
}

impl Record for Listener {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.text("id")?,
            customer: row.optional_number("customer")?,
            kinds: kinds(row)?,
            enabled: row.flag("enabled")?,
            place: row.number("place")?,
            failures: row.number("failures")?,
            ping: row.optional_moment("ping")?,
            sender: row.optional_text("sender")?.unwrap_or_default(),
        })
    }
}

impl Record for Target {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { url: row.text("url")?, secret: row.text("secret")? })
    }
}
