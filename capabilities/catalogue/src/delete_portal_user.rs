use crate::{Catalogue, Error, database::query, put_portal_user::none};

impl Catalogue {
    pub async fn delete_portal_user(&self, customer: u32, id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM portal_user WHERE customer = $1 AND id = $2";
        match query::run(self.database().writer(), sql, [customer.into(), id.into()]).await? {
            0 => Err(none(id)),
            _ => Ok(()),
        }
    }
}
