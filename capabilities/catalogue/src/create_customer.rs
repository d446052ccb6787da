use time::OffsetDateTime;

use crate::{Catalogue, Customer, Error};

/// A customer to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    pub name: String,
    pub display_name: String,
}

impl Catalogue {
    pub async fn create_customer(
        &self,
        _new: &NewCustomer,
        _now: OffsetDateTime,
    ) -> Result<Customer, Error> {
        todo!()
    }
}
