use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{exhibit::asset_id, image_url::ImageUrl};
use crate::{
    access::{self, Decision, may_see},
    answer::ASSET_ID,
    delivery::Delivery,
    error::Error,
    visit::Visit,
};

/// `GET /{iiif-img|thumbs}[/v2|/v3]/{customer}/{space}/{name}[/]`: the way to info.json, in the
/// version that the path names. Who may not see the image is led there too: that is where signing
/// in begins.
pub(crate) async fn get_base(
    delivery: &Delivery,
    url: &ImageUrl,
    visit: &Visit,
) -> Result<Response, Error> {
    let card = delivery.card(&url.asset).await?;
    if !card.is_ready() {
        return Err(Error::NoSuchAsset);
    }
    let cache_control = match may_see(&card, &visit.visitor, access::Asked::Info) {
        Decision::Open => delivery.cache.document.clone(),
        Decision::Allowed | Decision::Refused => delivery.cache.private.clone(),
    };
    let location = format!("{}/info.json", url.id(&visit.urls));
    let location = HeaderValue::try_from(location).map_err(|_| Error::NoSuchAddress)?;
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, cache_control),
        (ASSET_ID, asset_id(&card.id)),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};

    use crate::testing::{Library, Picture, ROOT};

    #[tokio::test]
    async fn the_base_leads_to_info_json_and_keeps_the_version() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for base in [
            "/iiif-img/2/5/a",
            "/iiif-img/v2/2/5/a",
            "/iiif-img/v3/wellcome/5/a",
            "/iiif-img/2/5/%61",
            "/thumbs/2/5/a",
            "/thumbs/v2/2/5/a",
        ] {
            for path in [base.to_owned(), format!("{base}/")] {
                for method in [Method::GET, Method::HEAD] {
                    let reply = library.ask(method, &path, &[]).await;
                    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{path}");
                    assert_eq!(reply.header("location"), format!("{ROOT}{base}/info.json"));
                    assert_eq!(reply.header("access-control-allow-origin"), "*");
                    assert_eq!(reply.header("x-asset-id"), "2/5/a");
                }
            }
        }
        let reply = library.get("/iiif-img/2/5/b").await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
}
