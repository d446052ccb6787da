use axum::{extract::State, http::StatusCode, response::IntoResponse};

use super::{
    checksum::ALGORITHMS,
    tus::{EXTENSIONS, VERSION},
};
use crate::Management;

/// `OPTIONS /customers/{customer}/uploads`: what of tus is spoken here; for everybody.
pub(crate) async fn options_uploads(State(management): State<Management>) -> impl IntoResponse {
    let max_size = management.config.max_upload_bytes.to_string();
    let headers = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", EXTENSIONS.to_owned()),
        ("tus-checksum-algorithm", ALGORITHMS.to_owned()),
        ("tus-max-size", max_size),
    ];
    (StatusCode::NO_CONTENT, headers)
}
