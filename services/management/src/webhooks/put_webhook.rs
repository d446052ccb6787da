use axum::extract::State;

use super::webhook_fields::webhook_fields;
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    hydra::{Document, Webhook},
    paths::ItemPath,
    precondition::Precondition,
    urls::Urls,
};

/// `PUT /customers/{customer}/webhooks/{id}`: changes what it says; makes none.
pub(crate) async fn put_webhook(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
    JsonBody(fields): JsonBody,
) -> Result<Document<Webhook>, Error> {
    let fields = webhook_fields(fields)?;
    let now = management.now();
    let changed = management.catalogue.put_webhook(customer, &id, &fields, &expected, now).await;
    Ok(Document::new(&urls, Webhook::of(changed.during("Update webhook")?, &urls)))
}
