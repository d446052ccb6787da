use time::OffsetDateTime;

use crate::{Catalogue, Error, NewKey};

impl Catalogue {
    pub async fn create_key(&self, _customer: u32, _now: OffsetDateTime) -> Result<NewKey, Error> {
        todo!()
    }
}
