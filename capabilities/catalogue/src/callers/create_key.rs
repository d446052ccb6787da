use time::OffsetDateTime;

use crate::{
    Catalogue, Error, KeyFields, NewKey, callers::key, customers::customer::customer,
    spaces::space::space,
};

impl Catalogue {
    pub async fn create_key(
        &self,
        customer_id: u32,
        fields: &KeyFields,
        now: OffsetDateTime,
    ) -> Result<NewKey, Error> {
        check(fields, now)?;
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        for id in fields.spaces.iter().flatten() {
            if space(&change, customer_id, *id).await?.is_none() {
                return Err(Error::Invalid(format!("Target space {id} does not exist")));
            }
        }
        let key = key::insert(&change, customer_id, fields, now).await?;
        change.commit().await?;
        Ok(key)
    }
}

fn check(fields: &KeyFields, now: OffsetDateTime) -> Result<(), Error> {
    let invalid = |text: &str| Err(Error::Invalid(text.to_owned()));
    if fields.spaces.as_ref().is_some_and(Vec::is_empty) {
        invalid("'spaces' must name a space, or be left out for all of them")
    } else if fields.expires.is_some_and(|expires| expires <= now) {
        invalid("'expires' must be in the future")
    } else if fields.requests_per_minute == Some(0) {
        invalid("'requestsPerMinute' must be at least 1")
    } else {
        Ok(())
    }
}
