use time::OffsetDateTime;

use crate::{Catalogue, Error, Space, SpaceFields};

/// A space after a PUT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutSpace {
    pub space: Space,
    pub created: bool,
}

impl Catalogue {
    /// Makes the space with this number, or changes it.
    pub async fn put_space(
        &self,
        _customer: u32,
        _id: u32,
        _fields: &SpaceFields,
        _now: OffsetDateTime,
    ) -> Result<PutSpace, Error> {
        todo!()
    }
}
