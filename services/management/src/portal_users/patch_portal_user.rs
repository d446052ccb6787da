use axum::extract::State;

use super::portal_user_fields::portal_user_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, PortalUser},
    paths::ItemPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PATCH /customers/{customer}/portalUsers/{id}`: changes the address, the password, or both.
pub(crate) async fn patch_portal_user(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<PortalUser>, Error> {
    let fields = portal_user_fields(fields)?;
    let now = management.now();
    let patched =
        management.catalogue.patch_portal_user(customer, &id, &fields, &expected, now).await;
    Ok(Document::new(&urls, PortalUser::of(patched.during("Update portal user")?, &urls)))
}
