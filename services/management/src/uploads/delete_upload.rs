use axum::{extract::State, http::StatusCode};
use storage::keys;

use super::tus::UploadPath;
use crate::{Management, error::Error};

/// `DELETE /customers/{customer}/uploads/{upload}`: ends it, whatever has come; an asset that came of it stays.
pub(crate) async fn delete_upload(
    State(management): State<Management>,
    UploadPath { upload }: UploadPath,
) -> Result<StatusCode, Error> {
    if !upload.finished {
        let folder = keys::upload(&upload.asset, &upload.id);
        management.bucket.delete_prefix(&folder).await?;
    }
    management.catalogue.delete_upload(&upload.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
