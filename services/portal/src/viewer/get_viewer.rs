use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::header::{CONTENT_SECURITY_POLICY, HeaderName},
    response::{Html, IntoResponse},
};
use model::{AssetId, PublicUrls, ServerUrls, Service};

use crate::{Portal, error::Error};

/// The page with one asset in OpenSeadragon.
#[derive(Template)]
#[template(path = "viewer/page.html")]
struct ViewerPage {
    title: String,
    width: u32,
    height: u32,
    is_restricted: bool,
    info_json: String,
    addresses: Vec<Address>,
    /// The reference of the API.
    reference: String,
}

/// An address to copy.
struct Address {
    label: &'static str,
    url: String,
}

/// `GET /portal/customers/{customer}/spaces/{space}/images/{id}`
pub(crate) async fn get_viewer(
    State(portal): State<Portal>,
    Extension(urls): Extension<ServerUrls>,
    Path((customer, space, name)): Path<(u32, u32, String)>,
) -> Result<impl IntoResponse, Error> {
    let id = AssetId::new(customer, space, name).map_err(|_| Error::NoSuchAsset)?;
    let card = portal.catalogue.card(&id).await?.filter(|card| card.is_ready());
    let card = card.ok_or(Error::NoSuchAsset)?;

    let (width, height) = card.extent;
    let page = ViewerPage {
        title: id.name().to_owned(),
        width,
        height,
        is_restricted: card.is_restricted(),
        info_json: format!("{}/info.json", urls.public.of(Service::Image, &id)),
        addresses: addresses(&urls.public, &id),
        reference: format!("{}/docs", urls.api),
    };
    Ok((content_security(urls.public.root()), Html(page.render()?)))
}

fn addresses(urls: &PublicUrls, id: &AssetId) -> Vec<Address> {
    let image = urls.of(Service::Image, id);
    [
        ("IIIF image, version 3", format!("{}/info.json", urls.versioned(Service::Image, 3, id))),
        ("IIIF image, version 2", format!("{}/info.json", urls.versioned(Service::Image, 2, id))),
        ("IIIF manifest, version 3", urls.versioned(Service::Manifest, 3, id)),
        ("IIIF manifest, version 2", urls.versioned(Service::Manifest, 2, id)),
        ("Thumbnails", format!("{}/info.json", urls.of(Service::Thumbs, id))),
        ("The whole image as JPEG", format!("{image}/full/max/0/default.jpg")),
    ]
    .map(|(label, url)| Address { label, url })
    .into()
}

/// Pages run our own scripts only, and load images from the public root only. OpenSeadragon writes styles of its own.
fn content_security(root: &str) -> [(HeaderName, String); 1] {
    let policy = format!(
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: {root}; \
         connect-src 'self' {root}; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    );
    [(CONTENT_SECURITY_POLICY, policy)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_escapes_what_others_named() {
        let page = ViewerPage {
            title: "<script>alert(1)</script>".to_owned(),
            width: 6000,
            height: 4000,
            is_restricted: true,
            info_json: "https://iiif.example.org/iiif-img/2/5/a\"b/info.json".to_owned(),
            addresses: vec![Address { label: "Manifest", url: "https://x/?a&b".to_owned() }],
            reference: "https://api.example.org/docs".to_owned(),
        };
        let html = page.render().unwrap();
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(!html.contains("a\"b"), "{html}");
        assert!(html.contains("6000 × 4000"), "{html}");
    }

    #[test]
    fn every_address_of_an_asset_is_there_to_copy() {
        let id = AssetId::new(2, 5, "ms-1").unwrap();
        let addresses = addresses(&PublicUrls::new("https://iiif.example.org"), &id);
        let urls: Vec<_> = addresses.iter().map(|address| address.url.as_str()).collect();
        assert_eq!(
            urls,
            [
                "https://iiif.example.org/iiif-img/v3/2/5/ms-1/info.json",
                "https://iiif.example.org/iiif-img/v2/2/5/ms-1/info.json",
                "https://iiif.example.org/iiif-manifest/v3/2/5/ms-1",
                "https://iiif.example.org/iiif-manifest/v2/2/5/ms-1",
                "https://iiif.example.org/thumbs/2/5/ms-1/info.json",
                "https://iiif.example.org/iiif-img/2/5/ms-1/full/max/0/default.jpg",
            ]
        );
    }
}
