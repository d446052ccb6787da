use axum::extract::State;

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{Collection, Webhook},
    urls::Urls,
};

/// `GET /customers/{customer}/webhooks`: all of them, oldest first.
pub(crate) async fn get_webhooks(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
) -> Result<Collection<Webhook>, Error> {
    let webhooks = management.catalogue.webhooks(customer).await?.into_iter();
    Ok(Collection::whole(&urls, webhooks.map(|webhook| Webhook::of(webhook, &urls)).collect()))
}
