use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    hydra::{Document, Webhook},
    paths::ItemPath,
    urls::Urls,
};

/// `POST /customers/{customer}/webhooks/{id}/test`: has it tried; what came back is seen when it is looked at again.
pub(crate) async fn post_test(
    State(management): State<Management>,
    urls: Urls,
    ItemPath { customer, id }: ItemPath,
) -> Result<(StatusCode, Document<Webhook>), Error> {
    let now = management.now();
    let asked = management.catalogue.ping_webhook(customer, &id, now).await;
    let webhook = Webhook::of(asked.during("Test webhook")?, &urls);
    Ok((StatusCode::ACCEPTED, Document::new(&urls, webhook)))
}
