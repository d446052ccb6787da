use time::OffsetDateTime;

use crate::{Catalogue, Error};

/// An API key as it may be shown: without its secret, which nobody knows any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub customer: u32,
    pub created: OffsetDateTime,
}

/// A key just made: the only moment at which its secret is seen.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    pub key: String,
    pub secret: String,
    pub customer: u32,
}

/// Who stands behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    pub customer: u32,
    pub administrator: bool,
}

impl Catalogue {
    pub async fn keys(&self, _customer: u32) -> Result<Vec<Key>, Error> {
        todo!()
    }

    /// Who calls with this key and secret; `None` if they do not belong together.
    pub async fn caller(&self, _key: &str, _secret: &str) -> Result<Option<Caller>, Error> {
        todo!()
    }
}
