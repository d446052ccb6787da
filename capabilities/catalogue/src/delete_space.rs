use crate::{Catalogue, Error};

impl Catalogue {
    /// Only an empty space can go.
    pub async fn delete_space(&self, _customer: u32, _id: u32) -> Result<(), Error> {
        todo!()
    }
}
