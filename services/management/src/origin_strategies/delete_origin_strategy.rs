use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::ItemPath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/originStrategies/{id}`: with its credentials.
pub(crate) async fn delete_origin_strategy(
    State(management): State<Management>,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_origin_strategy(customer, &id, &expected).await;
    deleted.during("Delete origin strategy")?;
    Ok(StatusCode::NO_CONTENT)
}
