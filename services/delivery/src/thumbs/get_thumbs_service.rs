use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};

use super::{get_info::get_info, get_thumb::get_thumb};
use crate::{
    delivery::Delivery,
    error::Error,
    image::{Asked, ImageUrl, get_base},
    visit::Visit,
};

/// `GET /thumbs/…`: the end of the path says what is wanted. Errors are JSON here, as the DLCS's
/// clients know them.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_thumbs_service(
    State(delivery): State<Arc<Delivery>>,
    uri: Uri,
    visit: Visit,
) -> Response {
    answer(&delivery, uri, &visit).await.unwrap_or_else(Error::into_json_response)
}

async fn answer(delivery: &Delivery, uri: Uri, visit: &Visit) -> Result<Response, Error> {
    let url = ImageUrl::read(delivery, uri).await?;
    match url.asked {
        Asked::Base => get_base(delivery, &url, visit).await,
        Asked::Info => get_info(delivery, &url, visit).await,
        Asked::Image => get_thumb(delivery, &url, visit).await,
    }
}
