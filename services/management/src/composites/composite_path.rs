use axum::{extract::FromRequestParts, http::request::Parts};
use catalogue::Composite;

use crate::{Management, caller::Holder, error::Error, paths::path_param};

/// `/collections/{collection}`, named by somebody who may see all of it.
pub(crate) struct CollectionPath {
    pub(crate) composites: Vec<Composite>,
}

/// `/collections/{collection}/members/{member}`, the same for one of them.
pub(crate) struct MemberPath {
    pub(crate) composite: Composite,
}

impl FromRequestParts<Management> for CollectionPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let holder = Holder::from_request_parts(parts, management).await?;
        let id = path_param(parts, "collection").await?;
        let composites = management.catalogue.composites(&id).await?;
        if composites.is_empty() || !composites.iter().all(|own| is_open_to(&holder, own)) {
            return Err(Error::NotFound(format!("collection {id}")));
        }
        Ok(Self { composites })
    }
}

impl FromRequestParts<Management> for MemberPath {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, management: &Management) -> Result<Self, Error> {
        let holder = Holder::from_request_parts(parts, management).await?;
        let collection = path_param(parts, "collection").await?;
        let id = path_param(parts, "member").await?;
        let found = management.catalogue.composite(&id).await?;
        let is_meant = |own: &Composite| own.collection == collection && is_open_to(&holder, own);
        let composite = found.filter(is_meant);
        let composite = composite.ok_or_else(|| Error::NotFound(format!("composite {id}")))?;
        Ok(Self { composite })
    }
}

fn is_open_to(holder: &Holder, composite: &Composite) -> bool {
    let is_own =
        holder.reach.customer == composite.customer && holder.reach.covers(composite.space);
    holder.administrator || is_own
}
