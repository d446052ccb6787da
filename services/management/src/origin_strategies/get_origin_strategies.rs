use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, CustomerOriginStrategy},
    urls::Urls,
};

/// `GET /customers/{customer}/originStrategies`: in the order in which they are tried.
pub(crate) async fn get_origin_strategies(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<CustomerOriginStrategy>, Error> {
    let strategies = management.catalogue.customer_origin_strategies(customer).await?.into_iter();
    let strategies = strategies.map(|strategy| CustomerOriginStrategy::of(strategy, &urls));
    Ok(Collection::whole(&urls, strategies.collect()))
}
