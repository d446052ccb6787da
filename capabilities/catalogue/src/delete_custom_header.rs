use crate::{
    Catalogue, Error, Expected,
    database::query,
    put_custom_header::{ROW, none},
};

impl Catalogue {
    pub async fn delete_custom_header(
        &self,
        customer: u32,
        id: &str,
        expected: &Expected,
    ) -> Result<(), Error> {
        let whose = || [id.into(), customer.into()];
        let change = self.database().begin().await?;
        expected.heed(&change, ROW, whose()).await?;
        if query::run(&change, &format!("DELETE FROM {ROW}"), whose()).await? == 0 {
            return Err(none(id));
        }
        change.commit().await?;
        self.parts().cards.forget_all();
        Ok(())
    }
}
