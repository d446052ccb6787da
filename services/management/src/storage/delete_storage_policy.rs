use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    caller::Administrator,
    error::{During, Error},
    paths::PlatformPath,
    precondition::Precondition,
};

/// `DELETE /storagePolicies/{id}`: an administrator lets one go that nobody has.
pub(crate) async fn delete_storage_policy(
    State(management): State<Management>,
    _: Administrator,
    PlatformPath { id }: PlatformPath,
    Precondition(expected): Precondition,
) -> Result<StatusCode, Error> {
    let deleted = management.catalogue.delete_storage_policy(&id, &expected).await;
    deleted.during("Delete storage policy")?;
    Ok(StatusCode::NO_CONTENT)
}
