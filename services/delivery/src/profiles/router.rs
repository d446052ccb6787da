use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};

use super::{
    error::Error, gallery::Gallery, get_mam::get_mam, get_originals::get_originals,
    get_status::get_status, serve::serve,
};
use crate::headers;

/// Every address of `recto images`. `host` says which machine answered.
pub fn profiles_router(gallery: impl Into<Arc<Gallery>>, host: &str) -> Router {
    let host = HeaderValue::try_from(host).unwrap_or(HeaderValue::from_static("recto"));
    let gallery = gallery.into();
    let old_links = match gallery.old_ids.is_empty() {
        true => Router::new(),
        false => Router::new().route("/mam/{asset_id}", get(get_mam)),
    };
    Router::new()
        .merge(old_links)
        .route("/status", get(get_status))
        .route("/favicon.ico", get(async || Redirect::temporary("https://iiif.io/favicon.ico")))
        .route("/originals", get(get_originals))
        .route("/{*image}", get(serve).options(options))
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
        .fallback(async || Error::NoSuchAddress)
        .with_state(gallery)
        .layer(from_fn_with_state(host, for_everybody))
}

const PROCESS_TIME: HeaderName = HeaderName::from_static("x-process-time");
const SERVED_BY: HeaderName = HeaderName::from_static("x-served-by");

/// Any page may read any answer, and sees how long it took, and where.
async fn for_everybody(State(host): State<HeaderValue>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, headers::ANY_ORIGIN);
    headers.insert(SERVED_BY, host);
    if let Ok(took) = HeaderValue::try_from(begun.elapsed().as_secs_f64().to_string()) {
        headers.insert(PROCESS_TIME, took);
    }
    response
}

/// What browsers ask before they ask with headers of their own.
async fn options() -> impl IntoResponse {
    [
        (header::ALLOW, headers::METHODS),
        (header::ACCESS_CONTROL_ALLOW_METHODS, headers::METHODS),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, headers::ALLOWED_HEADERS),
        (header::ACCESS_CONTROL_MAX_AGE, headers::A_DAY),
    ]
}
