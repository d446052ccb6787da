use crate::{Catalogue, Error, database::query, put_origin_strategy::none};

impl Catalogue {
    pub async fn delete_origin_strategy(&self, customer: u32, id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM customer_origin_strategy WHERE customer = $1 AND id = $2";
        let values = [customer.into(), id.into()];
        match query::run(self.database().writer(), sql, values).await? {
            0 => Err(none(id)),
            _ => Ok(()),
        }
    }
}
