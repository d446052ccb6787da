use crate::{Catalogue, Error};

/// A way of fetching from origins that the platform knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginStrategy {
    pub id: String,
    pub requires_credentials: bool,
}

impl Catalogue {
    pub async fn origin_strategies(&self) -> Result<Vec<OriginStrategy>, Error> {
        todo!()
    }

    pub async fn origin_strategy(&self, _id: &str) -> Result<Option<OriginStrategy>, Error> {
        todo!()
    }
}
