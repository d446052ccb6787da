use axum::extract::State;

use crate::{
    Management,
    error::Error,
    hydra::{Document, Webhook},
    paths::ItemPath,
    urls::Urls,
};

/// `GET /customers/{customer}/webhooks/{id}`: what it is told, and how that goes.
pub(crate) async fn get_webhook(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<Document<Webhook>, Error> {
    let found = management.catalogue.webhook(customer, &id).await?;
    let found = found.ok_or_else(|| Error::NotFound(format!("webhook {id}")))?;
    Ok(Document::new(&urls, Webhook::of(found, &urls)))
}
