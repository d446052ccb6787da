use super::webhook::{ROW, none};
use crate::{Catalogue, Error, Expected, database::query};

impl Catalogue {
    /// It is told nothing more.
    pub async fn delete_webhook(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        let change = self.database().begin().await?;
        let key = [id.into(), customer.into()];
        expected.heed(&change, ROW, key.clone()).await?;
        if query::run(&change, &format!("DELETE FROM {ROW}"), key).await? == 0 {
            return Err(none(id));
        }
        query::run(&change, "DELETE FROM event_listener WHERE id = $1", [id.into()]).await?;
        Ok(change.commit().await?)
    }
}
