use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    error::{During, Error},
    paths::ItemPath,
    precondition::Precondition,
};

/// `DELETE /customers/{customer}/portalUsers/{id}`: nothing is kept of the person.
pub(crate) async fn delete_portal_user(
    State(management): State<Management>,
    ItemPath { customer, id }: ItemPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_portal_user(customer, &id, &expected).await;
    deleted.during("Delete portal user")?;
    Ok(StatusCode::NO_CONTENT)
}
