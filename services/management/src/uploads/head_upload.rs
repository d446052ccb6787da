use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    response::IntoResponse,
};

use super::{
    complete::complete,
    metadata::UPLOAD_METADATA,
    tus::{self, UPLOAD_LENGTH, UploadPath},
};
use crate::{Management, error::Error};

/// `HEAD /customers/{customer}/uploads/{upload}`: how far it is. One that was complete when a process died becomes an asset now.
pub(crate) async fn head_upload(
    State(management): State<Management>,
    UploadPath { mut upload }: UploadPath,
) -> Result<impl IntoResponse, Error> {
    complete(&management, &mut upload).await?;
    let mut answer = tus::progress(&upload)?;
    answer.insert(UPLOAD_LENGTH, upload.bytes.into());
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(metadata) = HeaderValue::try_from(&upload.metadata) {
        answer.insert(UPLOAD_METADATA, metadata);
    }
    Ok((StatusCode::OK, answer))
}
