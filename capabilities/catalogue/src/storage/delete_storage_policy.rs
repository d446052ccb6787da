use crate::{Catalogue, Error, Expected, database::query, storage::put_storage_policy::none};

/// What new customers get.
const DEFAULT: &str = "default";

impl Catalogue {
    /// Only a policy that no customer and no space has can go, and never the one that new customers get.
    pub async fn delete_storage_policy(&self, id: &str, expected: &Expected) -> Result<(), Error> {
        if id == DEFAULT {
            let text = format!("The storage policy '{DEFAULT}' is what new customers get");
            return Err(Error::Conflict(text));
        }
        let row = "storage_policy WHERE id = $1";
        let change = self.database().begin().await?;
        expected.heed(&change, row, [id.into()]).await?;
        let sql = format!("DELETE FROM {row}");
        let in_use = |_| Error::Conflict(format!("The storage policy '{id}' is in use"));
        if query::run_or(&change, &sql, [id.into()], in_use).await? == 0 {
            return Err(none(id));
        }
        change.commit().await?;
        Ok(())
    }
}
