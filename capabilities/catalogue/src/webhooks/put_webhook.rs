use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_STANDARD};
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::webhook::{ROW, Webhook, none, record, webhook};
use crate::{
    Catalogue, Change, Error, EventKind, Expected,
    customers::customer::customer,
    database::query::{self, micros},
};

/// What a request says about a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WebhookFields {
    pub url: Change<String>,
    /// Cleared when it is made, one is made up; never shown again.
    pub secret: Change<String>,
    pub kinds: Change<Vec<EventKind>>,
    pub enabled: Change<bool>,
}

/// A webhook that was just made, and the secret by which what it is told is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWebhook {
    pub webhook: Webhook,
    pub secret: String,
}

/// Each is asked for with every event; more would be a mistake.
const MOST: i64 = 50;

impl Catalogue {
    /// From now on the address is told what happens.
    pub async fn create_webhook(
        &self,
        customer_id: u32,
        fields: &WebhookFields,
        now: OffsetDateTime,
    ) -> Result<NewWebhook, Error> {
        let Change::Set(url) = &fields.url else {
            return Err(Error::Invalid("A url is required".into()));
        };
        let secret = match &fields.secret {
            Change::Set(secret) => checked_secret(secret)?,
            Change::Keep | Change::Clear => made_up()?,
        };
        // What happened before has a place before.
        self.line_up_events().await?;
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        check_room(&change, customer_id).await?;
        let id = Uuid::new_v4().to_string();
        let sealed = self.parts().seals.seal(&secret, &record(customer_id, &id))?;
        let sql = "INSERT INTO event_listener
                   (id, customer, kinds, enabled, place, due, failures)
                   SELECT $1, $2, '', TRUE, next - 1, $3, 0 FROM counter WHERE name = 'event'";
        let key = [id.as_str().into(), customer_id.into()];
        query::run(&change, sql, key.clone().into_iter().chain([micros(now).into()])).await?;
        let sql = "INSERT INTO webhook (id, customer, url, secret, created, modified)
                   VALUES ($1, $2, $3, $4, $5, $5)";
        let what = [url.as_str().into(), sealed.into(), micros(now).into()];
        query::run(&change, sql, key.into_iter().chain(what)).await?;
        apply(&change, &id, fields, now).await?;
        let webhook = webhook(&change, customer_id, &id).await?;
        change.commit().await?;
        Ok(NewWebhook { webhook: webhook.ok_or_else(|| query::unreadable("id"))?, secret })
    }

    /// Changes what the request says of a webhook. Enabled again, it begins where it was left.
    pub async fn put_webhook(
        &self,
        customer: u32,
        id: &str,
        fields: &WebhookFields,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<Webhook, Error> {
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, [id.into(), customer.into()]).await?;
        let whose = "UPDATE webhook SET modified = $3 WHERE id = $1 AND customer = $2";
        let values = [id.into(), customer.into(), micros(now).into()];
        if query::run(&change, whose, values).await? == 0 {
            return Err(none(id));
        }
        if let Change::Set(secret) = &fields.secret {
            let secret = checked_secret(secret)?;
            let sealed = self.parts().seals.seal(&secret, &record(customer, id))?;
            let sql = "UPDATE webhook SET secret = $2 WHERE id = $1";
            query::run(&change, sql, [id.into(), sealed.into()]).await?;
        }
        apply(&change, id, fields, now).await?;
        let changed = webhook(&change, customer, id).await?.ok_or_else(|| none(id))?;
        change.commit().await?;
        self.parts().bells.ring_told();
        Ok(changed)
    }
}

/// Writes what is said of the address, the kinds, and whether it is told at all.
async fn apply(
    change: &impl ConnectionTrait,
    id: &str,
    fields: &WebhookFields,
    now: OffsetDateTime,
) -> Result<(), Error> {
    match &fields.url {
        Change::Set(url) => {
            check_url(url)?;
            let sql = "UPDATE webhook SET url = $2 WHERE id = $1";
            query::run(change, sql, [id.into(), url.as_str().into()]).await?;
        }
        Change::Clear => return Err(Error::Invalid("A url is required".into())),
        Change::Keep => {}
    }
    let kinds = match &fields.kinds {
        Change::Set(kinds) => Some(kinds.as_slice()),
        Change::Clear => Some(&[][..]),
        Change::Keep => None,
    };
    if let Some(kinds) = kinds {
        let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        let sql = "UPDATE event_listener SET kinds = $2 WHERE id = $1";
        query::run(change, sql, [id.into(), words.join(" ").into()]).await?;
    }
    // Whoever says that it works wants it tried at once.
    let sql = match &fields.enabled {
        Change::Set(true) => {
            "UPDATE event_listener SET enabled = TRUE, failures = 0, failing_since = NULL,
             error = NULL, due = CASE WHEN sender IS NULL THEN $2 ELSE due END WHERE id = $1"
        }
        Change::Set(false) | Change::Clear => {
            "UPDATE event_listener SET enabled = FALSE WHERE id = $1 AND $2 >= 0"
        }
        Change::Keep => return Ok(()),
    };
    query::run(change, sql, [id.into(), micros(now).into()]).await?;
    Ok(())
}

fn check_url(url: &str) -> Result<(), Error> {
    const MAX_BYTES: usize = 2000;
    let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    let is_odd = |c: char| c.is_control() || c.is_whitespace();
    if !is_web || url.len() > MAX_BYTES || url.contains(is_odd) {
        return Err(Error::Invalid(format!(
            "'url' must be an address such as https://example.org/hook, of {MAX_BYTES} bytes at most"
        )));
    }
    Ok(())
}

fn checked_secret(secret: &str) -> Result<String, Error> {
    if !(16..=200).contains(&secret.len()) || secret.contains(char::is_control) {
        return Err(Error::Invalid("'secret' must have 16 to 200 characters".into()));
    }
    Ok(secret.to_owned())
}

fn made_up() -> Result<String, Error> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(Error::unavailable)?;
    Ok(BASE64_STANDARD.encode(bytes))
}

async fn check_room(change: &impl ConnectionTrait, customer: u32) -> Result<(), Error> {
    let sql = "SELECT COUNT(*) FROM webhook WHERE customer = $1";
    match query::one::<i64>(change, sql, [customer.into()]).await? {
        Some(count) if count >= MOST => {
            Err(Error::Conflict(format!("A customer can have {MOST} webhooks, and has them")))
        }
        _ => Ok(()),
    }
}
