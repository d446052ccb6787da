use crate::{
    Catalogue, Error, Expected,
    database::query,
    put_default_channel::{ROW, none},
};

impl Catalogue {
    /// Assets that were registered with it keep their channels.
    pub async fn delete_default_channel(
        &self,
        (customer_id, space_id): (u32, Option<u32>),
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        let whose = || [id.into(), customer_id.into(), space_id.unwrap_or_default().into()];
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, whose()).await?;
        if query::run(&change, &format!("DELETE FROM {ROW}"), whose()).await? == 0 {
            return Err(none(id));
        }
        change.commit().await?;
        Ok(())
    }
}
