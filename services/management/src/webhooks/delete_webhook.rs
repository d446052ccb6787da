use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::ItemPath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/webhooks/{id}`: it is told nothing more.
pub(crate) async fn delete_webhook(
    State(management): State<Management>,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_webhook(customer, &id, &expected).await;
    deleted.during("Delete webhook")?;
    Ok(StatusCode::NO_CONTENT)
}
