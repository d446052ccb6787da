use crate::{Catalogue, Error, database::query, put_default_channel::none};

impl Catalogue {
    /// Assets that were registered with it keep their channels.
    pub async fn delete_default_channel(
        &self,
        customer_id: u32,
        space_id: Option<u32>,
        id: &str,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM default_delivery_channel
                   WHERE id = $1 AND customer = $2 AND space = $3";
        let whose = [id.into(), customer_id.into(), space_id.unwrap_or_default().into()];
        match query::run(self.database().writer(), sql, whose).await? {
            0 => Err(none(id)),
            _ => Ok(()),
        }
    }
}
