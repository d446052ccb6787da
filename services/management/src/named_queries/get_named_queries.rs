use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, NamedQuery},
    urls::Urls,
};

/// `GET /customers/{customer}/namedQueries`: the customer's own and the global ones.
pub(crate) async fn get_named_queries(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<NamedQuery>, Error> {
    let queries = management.catalogue.named_queries(customer).await?.into_iter();
    let queries = queries.map(|query| NamedQuery::of(query, customer, &urls));
    Ok(Collection::whole(&urls, queries.collect()))
}
