use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::Batch;

use crate::{
    Management,
    caller::Guest,
    error::Error,
    paths::{number, path_param},
};

/// `/customers/{customer}/queue/batches/{batch}`, named by somebody who may work there; the batch exists, and lies
/// within his reach as a whole.
pub(crate) struct BatchPath {
    pub(crate) batch: Batch,
}

impl FromRequestParts<Management> for BatchPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        let text = path_param(parts, "batch").await?;
        let no_such_batch = || Error::NotFound(format!("batch {text}"));
        let number = number(&text).ok_or_else(no_such_batch)?;
        let batch = management.catalogue.batch(reach, number).await?;
        Ok(Self { batch: batch.ok_or_else(no_such_batch)? })
    }
}
