use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{address::Address, error::Error, gallery::Gallery, get_image::get_reduced};
use crate::{headers, visit::Visit};

/// `GET /{identifier}`: the preview for whoever takes images, as the server of the Natural History Museum has it; the
/// way to info.json, as IIIF has it, for whoever asks for JSON or does not say.
pub(super) async fn get_base(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
) -> Result<Response, Error> {
    if takes_images(visit.accept().as_deref()) {
        let width = gallery.config.preview_width;
        let mut preview = get_reduced(gallery, address, visit, width).await?;
        preview.headers_mut().insert(header::VARY, headers::BY_ACCEPT);
        return Ok(preview);
    }
    let item = gallery.find(&address.identifier).await?;
    let location = format!("{}/info.json", address.id(&visit.urls));
    let location = HeaderValue::try_from(location).map_err(|_| Error::NoSuchAddress)?;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, item.words.cache_control.clone()),
        (header::VARY, headers::BY_ACCEPT),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Browsers name images first or among others; most programs take anything.
fn takes_images(accept: Option<&str>) -> bool {
    let Some(accept) = accept else { return false };
    let mut types = accept.split(',').map(|entry| entry.split(';').next().unwrap_or(entry).trim());
    types.clone().any(|name| name.starts_with("image/"))
        || !types.any(|name| name.ends_with("/json") || name.ends_with("+json"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_json_or_does_not_say_is_led_to_it() {
        for (accept, expected) in [
            (None, false),
            (Some("application/json"), false),
            (Some("application/ld+json;profile=\"x\", application/json, */*;q=0.1"), false),
            (Some("*/*"), true),
            (Some("text/html,application/xhtml+xml,*/*;q=0.8"), true),
            (Some("image/avif,image/webp,*/*"), true),
            (Some("image/jpeg, application/json"), true),
        ] {
            assert_eq!(takes_images(accept), expected, "{accept:?}");
        }
    }
}
