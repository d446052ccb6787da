use std::sync::Arc;

use axum::{extract::State, http::Uri, response::Response};

use super::{
    address::{Address, Asked},
    error::Error,
    gallery::Gallery,
    get_base::get_base,
    get_image::{get_image, get_reduced},
    get_info::get_info,
    get_original::get_original,
};
use crate::visit::Visit;

/// `GET /{identifier}…`: the end of the path says what is wanted.
pub(super) async fn serve(
    State(gallery): State<Arc<Gallery>>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let address = Address::read(uri)?;
    let (gallery, config) = (&*gallery, &gallery.config);
    let _in_use = gallery.tally.begin();
    let outcome = match address.asked {
        Asked::Info => return get_info(gallery, &address, &visit).await,
        Asked::Original => return get_original(gallery, &address, &visit).await,
        Asked::Base => get_base(gallery, &address, &visit).await,
        Asked::Thumbnail => get_reduced(gallery, &address, &visit, config.thumbnail_width).await,
        Asked::Preview => get_reduced(gallery, &address, &visit, config.preview_width).await,
        Asked::Image => get_image(gallery, &address, &visit).await,
    };
    gallery.count(&outcome);
    outcome
}
