use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::{MetadataField, Reach};

use crate::{Management, caller::Guest, error::Error, paths::path_param};

/// `/customers/{customer}/queue/recentErrorsByMetadata/{field}`, named by somebody who may work there.
pub(crate) struct MetadataPath {
    pub(crate) reach: Reach,
    pub(crate) field: MetadataField,
}

impl FromRequestParts<Management> for MetadataPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        Ok(Self { reach, field: path_param(parts, "field").await?.parse()? })
    }
}
