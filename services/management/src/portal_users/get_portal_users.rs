use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, PortalUser},
    urls::Urls,
};

/// `GET /customers/{customer}/portalUsers`: all of them, oldest first.
pub(crate) async fn get_portal_users(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<PortalUser>, Error> {
    let users = management.catalogue.portal_users(customer).await?.into_iter();
    Ok(Collection::whole(&urls, users.map(|user| PortalUser::of(user, &urls)).collect()))
}
