use crate::{Catalogue, Error, database::query};

impl Catalogue {
    /// From now on its bytes are the asset's, and don't go with it.
    pub async fn finish_upload(&self, id: &str) -> Result<(), Error> {
        let change = self.database().begin().await?;
        let sql = "UPDATE upload SET finished = TRUE WHERE id = $1";
        query::run(&change, sql, [id.into()]).await?;
        change.commit().await?;
        Ok(())
    }

    /// Forgets an upload; whoever asks for it has removed its objects.
    pub async fn delete_upload(&self, id: &str) -> Result<(), Error> {
        let change = self.database().begin().await?;
        query::run(&change, "DELETE FROM upload WHERE id = $1", [id.into()]).await?;
        change.commit().await?;
        Ok(())
    }
}
