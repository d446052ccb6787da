use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;

use crate::ManagementConfig;

/// The answer to those deletions that the DLCS told of in JSON until 1.13.
pub(crate) fn deletion(config: &ManagementConfig, told: Value) -> Response {
    if config.deletions_without_body {
        StatusCode::NO_CONTENT.into_response()
    } else {
        Json(told).into_response()
    }
}
