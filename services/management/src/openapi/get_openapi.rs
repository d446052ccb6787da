use axum::{Json, response::IntoResponse};

use super::openapi;
use crate::urls::Urls;

/// `GET /openapi.json`: the API for generators of clients; for everybody.
pub(crate) async fn get_openapi(urls: Urls) -> impl IntoResponse {
    Json(openapi(urls.entry_point().trim_end_matches('/')))
}
