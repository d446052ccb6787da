use crate::{Catalogue, Error, database::query, put_custom_header::none};

impl Catalogue {
    pub async fn delete_custom_header(&self, customer: u32, id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM custom_header WHERE customer = $1 AND id = $2";
        let values = [customer.into(), id.into()];
        if query::run(self.database().writer(), sql, values).await? == 0 {
            return Err(none(id));
        }
        self.parts().cards.forget_all();
        Ok(())
    }
}
