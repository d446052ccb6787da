use axum::{
    Json,
    extract::Request,
    http::{HeaderName, HeaderValue, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tracing::{Instrument, Span, field::Empty};

use crate::{hydra::HydraError, urls::Urls};

const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const MAX_CORRELATION_ID: usize = 200;

/// What is the same for every answer: a failure says what it is about, and the caller's
/// `x-correlation-id` stands in the log and in the answer.
pub(crate) async fn answer(request: Request, next: Next) -> Response {
    let urls = Urls::new(request.extensions(), request.uri());
    let correlation_id =
        request.headers().get(CORRELATION_ID).filter(|id| is_harmless(id)).cloned();
    let span = span(&request, correlation_id.as_ref());

    let mut response = next.run(request).instrument(span).await;
    if let Some(error) = response.extensions_mut().remove::<HydraError>() {
        response = with_body(response, error.about(urls.request()));
    }
    if let Some(id) = correlation_id {
        response.headers_mut().insert(CORRELATION_ID, id);
    }
    response
}

fn span(request: &Request, correlation_id: Option<&HeaderValue>) -> Span {
    let (method, path) = (request.method(), request.uri().path());
    let span = tracing::info_span!("management", %method, path, correlation_id = Empty);
    if let Some(id) = correlation_id.and_then(|id| id.to_str().ok()) {
        span.record("correlation_id", id);
    }
    span
}

fn is_harmless(id: &HeaderValue) -> bool {
    !id.is_empty() && id.len() <= MAX_CORRELATION_ID && id.to_str().is_ok()
}

/// Keeps the status and the headers, such as `Allow`.
fn with_body(response: Response, error: HydraError) -> Response {
    let (mut parts, _) = response.into_parts();
    let (described, body) = Json(error).into_response().into_parts();
    parts.headers.extend(described.headers);
    parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    Response::from_parts(parts, body)
}
