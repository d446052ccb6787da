use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::ItemPath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/namedQueries/{id}`: addresses that ask it find nothing any more.
pub(crate) async fn delete_named_query(
    State(management): State<Management>,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_named_query(customer, &id, &expected).await;
    deleted.during("Delete named query")?;
    Ok(StatusCode::NO_CONTENT)
}
