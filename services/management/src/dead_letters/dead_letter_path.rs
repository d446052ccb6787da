use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::{JobId, Reach};

use crate::{
    Management,
    caller::Guest,
    error::Error,
    paths::{number, path_param},
};

/// `/customers/{customer}/queue/deadLetters/{id}`, named by somebody who may work there.
pub(crate) struct DeadLetterPath {
    pub(crate) reach: Reach,
    pub(crate) id: JobId,
}

impl FromRequestParts<Management> for DeadLetterPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let Guest { reach } = Guest::from_request_parts(parts, management).await?;
        let text = path_param(parts, "id").await?;
        let id = number(&text).map(JobId);
        Ok(Self { reach, id: id.ok_or_else(|| no_such_letter(&text))? })
    }
}

pub(super) fn no_such_letter(id: &str) -> Error {
    Error::NotFound(format!("dead letter {id}"))
}
