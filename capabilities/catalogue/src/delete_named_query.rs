use crate::{Catalogue, Error, database::query, put_named_query::none};

impl Catalogue {
    pub async fn delete_named_query(&self, customer: u32, id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM named_query WHERE customer = $1 AND id = $2";
        match query::run(self.database().writer(), sql, [customer.into(), id.into()]).await? {
            0 => Err(none(id)),
            _ => Ok(()),
        }
    }
}
