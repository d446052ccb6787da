use axum::extract::State;

use super::portal_user_fields::portal_user_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, PortalUser},
    paths::ItemPath,
    urls::Urls,
};

/// `PATCH /customers/{customer}/portalUsers/{id}`: changes the address, the password, or both.
pub(crate) async fn patch_portal_user(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    JsonBody(fields): JsonBody,
) -> Result<Document<PortalUser>, Error> {
    let fields = portal_user_fields(fields)?;
    let patched = management.catalogue.patch_portal_user(customer, &id, &fields).await;
    Ok(Document::new(&urls, PortalUser::of(patched.during("Update portal user")?, &urls)))
}
