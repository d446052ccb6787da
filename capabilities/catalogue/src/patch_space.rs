use time::OffsetDateTime;

use crate::{Catalogue, Error, Space, SpaceFields};

impl Catalogue {
    pub async fn patch_space(
        &self,
        _customer: u32,
        _id: u32,
        _fields: &SpaceFields,
        _now: OffsetDateTime,
    ) -> Result<Space, Error> {
        todo!()
    }
}
