use sea_orm::Value;

use crate::{Catalogue, Error, Expected, database::query};

impl Catalogue {
    /// Deletes one row that nothing else hangs on, if it is as expected: `row` is what follows FROM, `none` says that
    /// there is no such row.
    pub(crate) async fn delete_row<const N: usize>(
        &self,
        (row, whose): (&str, [Value; N]),
        expected: &Expected,
        none: impl FnOnce() -> Error,
    ) -> Result<(), Error> {
        let change = self.database().begin().await?;
        expected.heed(&change, row, whose.clone()).await?;
        if query::run(&change, &format!("DELETE FROM {row}"), whose).await? == 0 {
            return Err(none());
        }
        Ok(change.commit().await?)
    }
}
