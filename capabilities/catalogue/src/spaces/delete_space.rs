use sea_orm::Value;

use crate::{Catalogue, Error, Expected, database::query};

impl Catalogue {
    /// Only an empty space can go.
    pub async fn delete_space(
        &self,
        customer: u32,
        id: u32,
        expected: &Expected,
    ) -> Result<(), Error> {
        let change = self.database().begin().await?;
        let space: [Value; 2] = [customer.into(), id.into()];
        expected.heed(&change, "space WHERE customer = $1 AND id = $2", space.clone()).await?;
        // The space's own row goes first: an asset that is just being registered holds on to it.
        let sql = "DELETE FROM space WHERE customer = $1 AND id = $2";
        let not_empty = |_| Error::Conflict("Cannot delete a space that contains assets".into());
        if query::run_or(&change, sql, space.clone(), not_empty).await? == 0 {
            return Err(Error::NotFound(format!("space {customer}/{id}")));
        }
        for sql in [
            "DELETE FROM storage_use WHERE customer = $1 AND space = $2",
            "DELETE FROM default_delivery_channel WHERE customer = $1 AND space = $2",
            "DELETE FROM custom_header WHERE customer = $1 AND space = $2",
        ] {
            query::run(&change, sql, space.clone()).await?;
        }
        change.commit().await?;
        Ok(())
    }
}
