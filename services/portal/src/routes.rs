use axum::{Router, routing::get};

use crate::{Portal, embedded, error, viewer};

/// Every address of the portal.
pub fn router(portal: Portal) -> Router {
    Router::new()
        .route("/portal/customers/{customer}/spaces/{space}/images/{id}", get(viewer::get_viewer))
        .route("/portal/assets/{name}", get(embedded::get_embedded))
        .route("/portal/{*rest}", get(error::no_such_page))
        .with_state(portal)
}
