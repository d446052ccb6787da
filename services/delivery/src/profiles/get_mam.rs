use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::NOT_IN_SEGMENTS;
use percent_encoding::{AsciiSet, utf8_percent_encode};

use super::{error::Error, gallery::Gallery, index::Absent};
use crate::visit::Visit;

/// What stands in a segment of a path as it is.
const ESCAPED: &AsciiSet = &NOT_IN_SEGMENTS.remove(b':');

/// `GET /mam/{asset_id}`: the way to an image by what an older system called it.
pub(super) async fn get_mam(
    State(gallery): State<Arc<Gallery>>,
    Path(asset_id): Path<String>,
    visit: Visit,
) -> Result<Response, Error> {
    let Some(identifier) = gallery.old_ids.get(&asset_id) else {
        let profile = gallery.config.default_profile.clone();
        return Err(Absent::NoImage { profile, name: asset_id }.into());
    };
    let identifier = utf8_percent_encode(identifier, ESCAPED);
    let location = HeaderValue::try_from(format!("{}/{identifier}", visit.urls.root()));
    let location = location.map_err(|_| Error::NoSuchAddress)?;
    Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response())
}
