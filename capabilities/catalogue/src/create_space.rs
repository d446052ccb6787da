use time::OffsetDateTime;

use crate::{Catalogue, Change, Error, Space};

/// What a request says about a space.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpaceFields {
    pub name: Change<String>,
    pub default_tags: Change<Vec<String>>,
    pub default_roles: Change<Vec<String>>,
    pub max_unauthorised: Change<i32>,
}

impl Catalogue {
    /// Makes a space with the customer's next free number.
    pub async fn create_space(
        &self,
        _customer: u32,
        _fields: &SpaceFields,
        _now: OffsetDateTime,
    ) -> Result<Space, Error> {
        todo!()
    }
}
