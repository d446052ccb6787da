use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};

use super::{
    get_base::get_base,
    get_image::get_image,
    get_info::get_info,
    image_url::{Asked, ImageUrl},
};
use crate::{delivery::Delivery, error::Error, visit::Visit};

/// `GET /iiif-img/…`: the end of the path says what is wanted.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_image_service(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let url = ImageUrl::read(&delivery, uri).await?;
    match url.asked {
        Asked::Base => get_base(&delivery, &url, &visit).await,
        Asked::Info => get_info(&delivery, &url, &visit).await,
        Asked::Image => get_image(&delivery, &url, &visit).await,
    }
}
