use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, CustomHeader},
    urls::Urls,
};

/// `GET /customers/{customer}/customHeaders`: all of them, oldest first.
pub(crate) async fn get_custom_headers(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<CustomHeader>, Error> {
    let headers = management.catalogue.custom_headers(customer).await?.into_iter();
    let headers = headers.map(|header| CustomHeader::of(header, &urls));
    Ok(Collection::whole(&urls, headers.collect()))
}
