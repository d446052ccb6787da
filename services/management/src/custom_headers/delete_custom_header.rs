use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::ItemPath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/customHeaders/{id}`: it is sent no more.
pub(crate) async fn delete_custom_header(
    State(management): State<Management>,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_custom_header(customer, &id, &expected).await;
    deleted.during("Delete custom header")?;
    Ok(StatusCode::NO_CONTENT)
}
