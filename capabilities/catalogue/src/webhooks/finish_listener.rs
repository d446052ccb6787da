use std::time::Duration;

use sea_orm::Value;
use time::OffsetDateTime;

use super::Listener;
use crate::{
    Catalogue, Error,
    database::query::{self, micros},
};

/// The listener is still held by whom it was given to.
const HELD: &str = "id = $1 AND sender = $2";

fn held(listener: &Listener) -> [Value; 2] {
    [listener.id.as_str().into(), listener.sender.as_str().into()]
}

impl Catalogue {
    /// A listener was told everything up to a place. Prolongs the lease; `false` if it is no longer this sender's, who
    /// should then stop.
    pub async fn listener_was_told(
        &self,
        listener: &Listener,
        place: i64,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = format!(
            "UPDATE event_listener SET place = $3, due = $4, told = $5, failures = 0,
             failing_since = NULL, error = NULL WHERE {HELD}"
        );
        let now_and_then = [micros(now + lease).into(), micros(now).into()];
        let values = held(listener).into_iter().chain([place.into()]).chain(now_and_then);
        Ok(query::run(self.database().writer(), &sql, values).await? > 0)
    }

    /// A listener was passed over: nothing up to a place concerned it.
    pub async fn listener_was_spared(
        &self,
        listener: &Listener,
        place: i64,
    ) -> Result<bool, Error> {
        let sql = format!("UPDATE event_listener SET place = $3 WHERE {HELD}");
        let values = held(listener).into_iter().chain([place.into()]);
        Ok(query::run(self.database().writer(), &sql, values).await? > 0)
    }

    /// A listener could not be told: it is tried again later, or no more if it failed for the last time.
    pub async fn listener_failed(
        &self,
        listener: &Listener,
        error: &str,
        (back_off, is_given_up): (Duration, bool),
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = format!(
            "UPDATE event_listener SET sender = NULL, due = $3, failures = failures + 1,
             failing_since = COALESCE(failing_since, $4), error = $5,
             enabled = CASE WHEN $6 THEN FALSE ELSE enabled END WHERE {HELD}"
        );
        let error = error.replace('\0', "\u{fffd}");
        let when = [micros(now + back_off).into(), micros(now).into()];
        let values = held(listener).into_iter().chain(when);
        let values = values.chain([error.into(), is_given_up.into()]);
        Ok(query::run(self.database().writer(), &sql, values).await? > 0)
    }

    /// A try that was asked for was made: this came back.
    pub async fn listener_was_pinged(
        &self,
        listener: &Listener,
        answer: &str,
        now: OffsetDateTime,
    ) -> Result<bool, Error> {
        let sql = format!(
            "UPDATE event_listener SET ping = NULL, pinged = $3, ping_answer = $4
             WHERE {HELD} AND ping IS NOT NULL"
        );
        let answer = answer.replace('\0', "\u{fffd}");
        let values = held(listener).into_iter().chain([micros(now).into(), answer.into()]);
        Ok(query::run(self.database().writer(), &sql, values).await? > 0)
    }

    /// Hands a listener back, for whoever comes next.
    pub async fn release_listener(
        &self,
        listener: &Listener,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let sql = format!("UPDATE event_listener SET sender = NULL, due = $3 WHERE {HELD}");
        let values = held(listener).into_iter().chain([micros(now).into()]);
        query::run(self.database().writer(), &sql, values).await?;
        Ok(())
    }
}
