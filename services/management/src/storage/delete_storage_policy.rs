use axum::{extract::State, http::StatusCode};

use crate::{
    Management,
    caller::Administrator,
    error::{During, Error},
    paths::PlatformPath,
};

/// `DELETE /storagePolicies/{id}`: an administrator lets one go that nobody has.
pub(crate) async fn delete_storage_policy(
    State(management): State<Management>,
    _: Administrator,
    PlatformPath { id }: PlatformPath,
) -> Result<StatusCode, Error> {
    management.catalogue.delete_storage_policy(&id).await.during("Delete storage policy")?;
    Ok(StatusCode::NO_CONTENT)
}
