use axum::{extract::FromRequestParts, http::request::Parts};

use crate::{
    Management,
    error::Error,
    paths::{OwnerPath, path_param},
};

/// `…/defaultDeliveryChannels/{id}`, named by somebody who may work there.
pub(crate) struct DefaultChannelPath {
    pub(crate) owner: OwnerPath,
    pub(crate) id: String,
}

impl FromRequestParts<Management> for DefaultChannelPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let owner = OwnerPath::from_request_parts(parts, management).await?;
        Ok(Self { owner, id: path_param(parts, "id").await? })
    }
}
