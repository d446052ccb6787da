use model::AssetId;
use sea_orm::Value;

use crate::{
    Asset, Catalogue, Error,
    assets::asset_row::SELECT,
    database::query::{self, key_of},
};

impl Catalogue {
    /// All assets, or those of a customer, in the order of their keys: the first `limit` behind `after`.
    pub async fn assets_behind(
        &self,
        after: Option<&AssetId>,
        customer: Option<u32>,
        limit: u32,
    ) -> Result<Vec<Asset>, Error> {
        let (mut conditions, mut values) = (vec!["TRUE".to_owned()], Vec::<Value>::new());
        if let Some(customer) = customer {
            values.push(customer.into());
            conditions.push("customer = $1".to_owned());
        }
        if let Some(after) = after {
            let marks = query::marks(values.len() + 1, 3);
            conditions.push(format!("(customer, space, name) > ({marks})"));
            values.extend(key_of(after));
        }
        values.push(limit.into());
        let (conditions, limit) = (conditions.join(" AND "), values.len());
        let sql =
            format!("{SELECT} WHERE {conditions} ORDER BY customer, space, name LIMIT ${limit}");
        query::all(self.database().reader(), &sql, values).await
    }

    /// How many assets all customers have, or one.
    pub async fn count_of_assets(&self, customer: Option<u32>) -> Result<u64, Error> {
        let sql = "SELECT CAST(COALESCE(SUM(images), 0) AS BIGINT) FROM storage_use
                   WHERE space = 0 AND ($1 = 0 OR customer = $1)";
        let values = [customer.unwrap_or_default().into()];
        let count = query::one::<i64>(self.database().reader(), sql, values).await?;
        Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
    }
}
