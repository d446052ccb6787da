use crate::{
    Catalogue, Error,
    database::{dialect::for_update, query},
};

impl Catalogue {
    /// An administrator's last key that opens everything for good stays: nobody could make another.
    pub async fn delete_key(&self, customer: u32, key: &str) -> Result<(), Error> {
        let change = self.database().begin().await?;
        // Two who delete the last two keys must not each see the other's.
        let lock = for_update(&change);
        let locked = format!("SELECT id FROM customer WHERE id = $1 AND administrator{lock}");
        let administrator = query::one::<i64>(&change, &locked, [customer.into()]).await?;
        let sql = "DELETE FROM api_key WHERE customer = $1 AND name = $2";
        if query::run(&change, sql, [customer.into(), key.into()]).await? == 0 {
            return Err(Error::NotFound(format!("key {key}")));
        }
        let count = "SELECT COUNT(*) FROM api_key WHERE customer = $1
                     AND scope = 'admin' AND spaces IS NULL AND expires IS NULL";
        let left = query::one::<i64>(&change, count, [customer.into()]).await?;
        if administrator.is_some() && left == Some(0) {
            let text = "The last key of an administrator cannot be deleted";
            return Err(Error::Invalid(text.into()));
        }
        change.commit().await?;
        self.parts().callers.forget(key).await;
        Ok(())
    }
}
