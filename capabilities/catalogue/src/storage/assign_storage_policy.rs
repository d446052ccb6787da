use crate::{
    Catalogue, Change, CustomerStorage, Error,
    customers::customer::customer,
    database::query,
    storage::storage_use::{customer_storage, storage_policy},
};

impl Catalogue {
    /// Says how much a customer may keep, or one of its spaces; a space needs no policy of its own.
    pub async fn assign_storage_policy(
        &self,
        customer_id: u32,
        space: Option<u32>,
        policy: &Change<String>,
    ) -> Result<CustomerStorage, Error> {
        let policy = match (policy, space) {
            (Change::Set(policy), _) => Some(policy.as_str()),
            (Change::Clear, Some(_)) => None,
            (Change::Clear | Change::Keep, _) => {
                return Err(Error::Invalid("a customer must have a storage policy".into()));
            }
        };
        let unknown =
            || Error::Invalid(format!("'{}' is not a storage policy", policy.unwrap_or("")));
        let change = self.database().begin().await?;
        if customer(&change, customer_id).await?.is_none() {
            return Err(Error::NotFound(format!("customer {customer_id}")));
        }
        if let Some(id) = policy
            && storage_policy(&change, id).await?.is_none()
        {
            return Err(unknown());
        }
        let (sql, values) = match space {
            Some(space) => (
                "UPDATE storage_use SET policy = $1 WHERE customer = $2 AND space = $3",
                vec![policy.into(), customer_id.into(), space.into()],
            ),
            None => (
                "UPDATE customer SET storage_policy = $1 WHERE id = $2",
                vec![policy.into(), customer_id.into()],
            ),
        };
        // Known a moment ago: only a deletion can have come between.
        query::run_or(&change, sql, values, |_| unknown()).await?;
        let assigned = customer_storage(&change, customer_id, space).await?;
        let assigned = assigned
            .ok_or_else(|| Error::NotFound(format!("space {}", space.unwrap_or_default())))?;
        change.commit().await?;
        Ok(assigned)
    }
}
