use std::str::FromStr;

use time::OffsetDateTime;

use crate::{Catalogue, Error, Order, Page, Paged};

/// A shelf of a customer's assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    pub customer: u32,
    pub id: u32,
    pub name: String,
    pub created: OffsetDateTime,
    pub default_tags: Vec<String>,
    pub default_roles: Vec<String>,
    pub max_unauthorised: i32,
    /// Exact, although the API calls it approximate.
    pub approximate_number_of_images: i64,
}

/// By what spaces can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SpaceProperty {
    #[default]
    Id,
    Name,
    Created,
}

impl FromStr for SpaceProperty {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "id" => Ok(Self::Id),
            "name" => Ok(Self::Name),
            "created" => Ok(Self::Created),
            _ => Err(Error::Invalid(format!(
                "spaces cannot be ordered by '{text}'; use id, name or created"
            ))),
        }
    }
}

impl Catalogue {
    pub async fn space(&self, _customer: u32, _id: u32) -> Result<Option<Space>, Error> {
        todo!()
    }

    pub async fn spaces(
        &self,
        _customer: u32,
        _page: Page,
        _order: Order<SpaceProperty>,
    ) -> Result<Paged<Space>, Error> {
        todo!()
    }
}
