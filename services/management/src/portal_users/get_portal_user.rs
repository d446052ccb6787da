use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, PortalUser},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/portalUsers/{id}`.
pub(crate) async fn get_portal_user(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<PortalUser>, Error> {
    let found = management.catalogue.portal_user(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("portal user {id}")))?;
    Ok(Document::new(&urls, PortalUser::of(found, &urls)))
}
