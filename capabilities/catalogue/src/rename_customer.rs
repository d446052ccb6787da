use time::OffsetDateTime;

use crate::{Catalogue, Customer, Error};

impl Catalogue {
    /// Changes the display name; the name itself stands in addresses and is for ever.
    pub async fn rename_customer(
        &self,
        _id: u32,
        _display_name: &str,
        _now: OffsetDateTime,
    ) -> Result<Customer, Error> {
        todo!()
    }
}
