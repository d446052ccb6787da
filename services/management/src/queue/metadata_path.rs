use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::MetadataField;

use crate::{Management, caller::Tenant, error::Error, paths::path_param};

/// `/customers/{customer}/queue/recentErrorsByMetadata/{field}`, named by somebody who may work there.
pub(crate) struct MetadataPath {
    pub(crate) customer: u32,
    pub(crate) field: MetadataField,
}

impl FromRequestParts<Management> for MetadataPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Tenant { customer } = Tenant::from_request_parts(parts, management).await?;
        Ok(Self { customer, field: path_param(parts, "field").await?.parse()? })
    }
}
