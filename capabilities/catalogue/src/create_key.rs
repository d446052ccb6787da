use time::OffsetDateTime;

use crate::{Catalogue, Error, NewKey, customers::customer, keys};

impl Catalogue {
    pub async fn create_key(&self, customer_id: u32, now: OffsetDateTime) -> Result<NewKey, Error> {
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        let key = keys::insert(&change, customer_id, now).await?;
        change.commit().await?;
        Ok(key)
    }
}
