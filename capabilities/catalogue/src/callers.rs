use std::{sync::Arc, time::Duration};

use moka::future::Cache;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row},
    keys,
};

/// Who stands behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub customer: u32,
    pub administrator: bool,
}

impl Catalogue {
    /// Who calls with this key and secret; `None` if they do not belong together.
    ///
    /// Keys are remembered for five seconds: so long, one that another process deleted still opens.
    pub async fn caller(&self, key: &str, secret: &str) -> Result<Option<Caller>, Error> {
        let look_up = async {
            let sql = "SELECT api_key.customer, administrator, secret_sha256 FROM api_key
                       JOIN customer ON customer.id = api_key.customer WHERE api_key.name = $1";
            query::one::<Known>(self.database().reader(), sql, [key.into()]).await
        };
        let known = self.parts().callers.0.try_get_with(key.to_owned(), look_up).await;
        let known = known.map_err(Arc::unwrap_or_clone)?;
        // An unknown key takes as long as a known one.
        let expected = known.as_ref().map_or([0; 32], |known| known.secret);
        let is_right = are_equal(&expected, &keys::digest(secret));
        Ok(known.filter(|_| is_right).map(|known| known.caller))
    }
}

const MEMORY: Duration = Duration::from_secs(5);

/// Keys asked for lately, those that do not exist included.
pub(crate) struct Callers(Cache<String, Option<Known>>);

impl Callers {
    pub(crate) async fn forget(&self, key: &str) {
        self.0.invalidate(key).await;
    }
}

impl Default for Callers {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(10_000).time_to_live(MEMORY).build())
    }
}

#[derive(Clone)]
struct Known {
    caller: Caller,
    secret: [u8; 32],
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
        let (customer, administrator) = (row.number("customer")?, row.flag("administrator")?);
        Ok(Self { caller: Caller { customer, administrator }, secret })
    }
}

/// Compares without stopping at the first difference, so that time tells nothing.
fn are_equal(one: &[u8; 32], other: &[u8; 32]) -> bool {
    let difference = one.iter().zip(other).fold(0, |sum, (a, b)| sum | (a ^ b));
    std::hint::black_box(difference) == 0
}
