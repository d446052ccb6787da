use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, KeyFields, Scope,
    callers::key,
    database::query::{self, Record, Row, micros},
};

/// Who stands behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub key: Arc<str>,
    pub customer: u32,
    /// Does the key open what is other customers', too?
    pub administrator: bool,
    pub scope: Scope,
    /// In these spaces alone.
    pub spaces: Option<Arc<[u32]>>,
    pub requests_per_minute: Option<u32>,
}

impl Catalogue {
    /// Who calls with this key and secret; `None` if they do not belong together, or not any more.
    ///
    /// Keys are remembered for five seconds: so long, one that another process deleted still opens.
    pub async fn caller(
        &self,
        key: &str,
        secret: &str,
        now: OffsetDateTime,
    ) -> Result<Option<Caller>, Error> {
        let look_up = async {
            let sql = "SELECT api_key.name AS key_name, api_key.customer, administrator,
                       secret_sha256, label, scope, spaces, requests_per_minute, expires
                       FROM api_key JOIN customer ON customer.id = api_key.customer WHERE api_key.name = $1";
            query::one::<Known>(self.database().reader(), sql, [key.into()]).await
        };
        let callers = &self.parts().callers;
        let known = callers.known.try_get_with(key.to_owned(), look_up).await;
        let known = known.map_err(Arc::unwrap_or_clone)?;
        // An unknown key takes as long as a known one.
        let expected = known.as_ref().map_or([0; 32], |known| known.secret);
        let is_right = are_equal(&expected, &key::digest(secret));
        let is_valid = |known: &Known| known.expires.is_none_or(|expires| now < expires);
        let Some(known) = known.filter(|known| is_right && is_valid(known)) else {
            return Ok(None);
        };
        self.note_use(&known.caller.key, now).await?;
        Ok(Some(known.caller))
    }

    /// The caller that somebody vouches for who may speak for the customer; `None` if there is no such customer.
    pub async fn caller_for(&self, customer: u32) -> Result<Option<Caller>, Error> {
        let customer = self.customer(customer).await?;
        Ok(customer.map(|customer| Caller {
            key: format!("on behalf of customer {}", customer.id).into(),
            customer: customer.id,
            administrator: customer.administrator,
            scope: Scope::Admin,
            spaces: None,
            requests_per_minute: None,
        }))
    }

    /// Once a minute is enough for whoever wants to know whether a key is still in use.
    async fn note_use(&self, key: &Arc<str>, now: OffsetDateTime) -> Result<(), Error> {
        let noted = &self.parts().callers.noted;
        if noted.contains_key(key) {
            return Ok(());
        }
        noted.insert(Arc::clone(key), ()).await;
        let sql = "UPDATE api_key SET last_used = $2 WHERE name = $1";
        query::run(self.database().writer(), sql, [key.as_ref().into(), micros(now).into()])
            .await?;
        Ok(())
    }
}

const MEMORY: Duration = Duration::from_secs(5);
const MINUTE: Duration = Duration::from_secs(60);

/// Keys asked for lately, those that do not exist included; and those whose use was noted in the last minute.
pub(crate) struct Callers {
    known: Cache<String, Option<Known>>,
    noted: Cache<Arc<str>, ()>,
}

impl Callers {
    pub(crate) async fn forget(&self, key: &str) {
        self.known.invalidate(key).await;
    }
}

impl Default for Callers {
    fn default() -> Self {
        Self {
            known: Cache::builder().max_capacity(10_000).time_to_live(MEMORY).build(),
            noted: Cache::builder().max_capacity(10_000).time_to_live(MINUTE).build(),
        }
    }
}

#[derive(Clone)]
struct Known {
    caller: Caller,
    secret: [u8; 32],
    expires: Option<OffsetDateTime>,
}

impl Record for Known {
    fn read(row: &Row) -> Result<Self, Error> {
        let digest = row.text("secret_sha256")?;
        let mut secret = [0; 32];
        if digest.len() != 2 * secret.len() {
            return Err(query::unreadable("secret_sha256"));
        }
        for (byte, position) in secret.iter_mut().zip((0..).step_by(2)) {
            let pair = digest.get(position..position + 2).unwrap_or_default();
            *byte = u8::from_str_radix(pair, 16).map_err(|_| query::unreadable("secret_sha256"))?;
        }
        let KeyFields { scope, spaces, requests_per_minute, expires, .. } = KeyFields::read(row)?;
        let caller = Caller {
            key: row.text("key_name")?.into(),
            customer: row.number("customer")?,
            // Spaces are those of one customer.
            administrator: row.flag("administrator")? && spaces.is_none(),
            scope,
            spaces: spaces.map(Arc::from),
            requests_per_minute,
        };
        Ok(Self { caller, secret, expires })
    }
}

/// Compares without stopping at the first difference, so that time tells nothing.
fn are_equal(one: &[u8; 32], other: &[u8; 32]) -> bool {
    let difference = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(difference) == 0
}
