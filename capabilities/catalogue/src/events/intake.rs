use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Page, Paged,
    database::query::{self, Record, Row, micros},
};

/// A message from outside that could not be acted upon, kept apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedMessage {
    pub id: i64,
    pub at: OffsetDateTime,
    /// The name of the source that it came from.
    pub source: String,
    pub reason: String,
    /// Its beginning, as far as it is text.
    pub message: String,
}

/// Of a longer message the rest is not kept.
const MAX_MESSAGE: usize = 64 * 1024;

impl Catalogue {
    /// Was nothing heard of this object that happened later, or is the same?
    pub async fn object_event_is_news(
        &self,
        (bucket, key): (&str, &str),
        sequencer: &str,
    ) -> Result<bool, Error> {
        let sql = "SELECT sequencer FROM object_event WHERE bucket = $1 AND object_key = $2";
        let last = query::one::<String>(self.database().reader(), sql, [bucket.into(), key.into()]);
        Ok(last.await?.is_none_or(|last| last.as_str() < sequencer))
    }

    /// To be called when what happened to an object has been done: heard again, it is no news.
    pub async fn remember_object_event(
        &self,
        (bucket, key): (&str, &str),
        sequencer: &str,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO object_event (bucket, object_key, sequencer, at)
                   VALUES ($1, $2, $3, $4) ON CONFLICT (bucket, object_key) DO UPDATE
                   SET sequencer = excluded.sequencer, at = excluded.at
                   WHERE object_event.sequencer < excluded.sequencer";
        let values = [bucket.into(), key.into(), sequencer.into(), micros(now).into()];
        query::run(self.database().writer(), sql, values).await?;
        Ok(())
    }

    /// Keeps a message apart that will never make sense, with the reason.
    pub async fn refuse_message(
        &self,
        source: &str,
        reason: &str,
        message: &[u8],
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let beginning = &message[..message.len().min(MAX_MESSAGE)];
        let readable = |text: &str| text.replace('\0', "\u{fffd}");
        let text = readable(&String::from_utf8_lossy(beginning));
        let sql = "INSERT INTO refused_message (at, source, reason, message)
                   VALUES ($1, $2, $3, $4)";
        let values = [micros(now).into(), source.into(), readable(reason).into(), text.into()];
        query::run(self.database().writer(), sql, values).await?;
        Ok(())
    }

    /// Newest first.
    pub async fn refused_messages(&self, page: Page) -> Result<Paged<RefusedMessage>, Error> {
        let database = self.database().reader();
        let sql = "SELECT id, at, source, reason, message FROM refused_message
                   ORDER BY id DESC LIMIT $1 OFFSET $2";
        let items = query::all(database, sql, [page.size.into(), page.offset().into()]).await?;
        let total = query::one::<i64>(database, "SELECT COUNT(*) FROM refused_message", []).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }

    /// Forgets what was heard before that moment; returns how much that was.
    pub async fn forget_intake(&self, before: OffsetDateTime) -> Result<u64, Error> {
        let mut forgotten = 0;
        for table in ["object_event", "refused_message"] {
            let sql = format!("DELETE FROM {table} WHERE at < $1");
            forgotten +=
                query::run(self.database().writer(), &sql, [micros(before).into()]).await?;
        }
        Ok(forgotten)
    }
}

impl Record for RefusedMessage {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.number("id")?,
            at: row.moment("at")?,
            source: row.text("source")?,
            reason: row.text("reason")?,
            message: row.text("message")?,
        })
    }
}
