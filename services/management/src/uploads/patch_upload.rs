use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
};
use catalogue::Upload;
use tracing::Instrument;

use super::{
    checksum::Checksum,
    complete::complete,
    receive::receive,
    tus::{self, UPLOAD_OFFSET, UploadPath},
};
use crate::{Management, error::Error};

const MEDIA_TYPE: &str = "application/offset+octet-stream";

/// `PATCH /customers/{customer}/uploads/{upload}`: more bytes; with the last, the asset is registered and queued.
pub(crate) async fn patch_upload(
    State(management): State<Management>,
    UploadPath { upload }: UploadPath,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Error> {
    if headers.get(CONTENT_TYPE).is_none_or(|media_type| media_type != MEDIA_TYPE) {
        return Err(Error::OtherMediaType(MEDIA_TYPE));
    }
    let checksum = Checksum::of(&headers)?;
    if tus::bytes(&headers, &UPLOAD_OFFSET)? != upload.received {
        let received = upload.received;
        let reason = format!("the upload has {received} bytes; go on there");
        let source = catalogue::Error::Conflict(reason);
        return Err(Error::Catalogue { attempt: "Upload", source });
    }
    // Not left half done when the client hangs up: what has come is kept.
    let received = go_on(management, upload, body, checksum).in_current_span();
    let upload = tokio::spawn(received).await.map_err(|_| Error::Interrupted)??;
    Ok((StatusCode::NO_CONTENT, tus::progress(&upload)?))
}

async fn go_on(
    management: Management,
    mut upload: Upload,
    body: Body,
    checksum: Option<Checksum>,
) -> Result<Upload, Error> {
    receive(&management, &mut upload, body.into_data_stream(), checksum).await?;
    complete(&management, &mut upload).await?;
    Ok(upload)
}
