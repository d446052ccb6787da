use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{CustomerOriginStrategy, Document},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/originStrategies/{id}`.
pub(crate) async fn get_origin_strategy(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<CustomerOriginStrategy>, Error> {
    let found = management.catalogue.customer_origin_strategy(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("origin strategy {id}")))?;
    Ok(Document::new(&urls, CustomerOriginStrategy::of(found, &urls)))
}
