use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};
use iiif::image::Extent;

const SHEET: &[u8] = include_bytes!("../../assets/placeholder.png");

/// How large the picture is, and every canvas that it is painted on.
pub(super) const EXTENT: Extent = Extent { w: 1000, h: 1000 };

const PNG: HeaderValue = HeaderValue::from_static("image/png");
const A_WEEK: HeaderValue = HeaderValue::from_static("public, max-age=604800");

/// `GET /static/{type}/placeholder.png`: what stands on a canvas for a file that is no image, the same for every type.
pub(crate) async fn get_placeholder() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, PNG), (header::CACHE_CONTROL, A_WEEK)], SHEET)
}
