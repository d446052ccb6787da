use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use iiif::{
    Version,
    image::{Feature, ImageInfo, Level, Quality},
    negotiate::Api,
};

use super::{exhibit::Exhibit, image_url::ImageUrl};
use crate::{
    access::{Asked, Decision, limits, may_see},
    delivery::Delivery,
    document::{Document, Terms},
    error::Error,
    headers,
    visit::Visit,
};

/// `GET /iiif-img[/v2|/v3]/{customer}/{space}/{name}/info.json`: what may be asked of an image.
///
/// Whoever may not see the image gets the same document, for that is where signing in begins: as
/// 401 in version 2, whose clients look at the status, as 200 in version 3.
pub(crate) async fn get_info(
    delivery: &Delivery,
    url: &ImageUrl,
    visit: &Visit,
) -> Result<Response, Error> {
    let default = delivery.config.default_version;
    let terms = Terms::settle(Api::Image, url.version, visit, default);
    let version = terms.version;
    let exhibit = delivery.exhibit(&url.asset).await?;
    let decision = may_see(&exhibit.card, &visit.visitor, Asked::Info);

    let info = describe(delivery, &exhibit, url.id_in(version, default, &visit.urls));
    let document = Document::new(&terms, exhibit.card.version, &info.to_json(version));
    let answer = document
        .answer(&exhibit.asset_id, &exhibit.modified)
        .with(header::LINK, HeaderValue::from_static(headers::level_2(version)))
        .kept_as_document(delivery, decision);
    if decision == Decision::Refused && version == Version::V2 {
        return Ok(answer.unauthorised(document.body));
    }
    Ok(answer.to(visit, document.body))
}

fn describe(delivery: &Delivery, exhibit: &Exhibit, id: String) -> ImageInfo {
    let has_colour = |quality: &Quality| !exhibit.is_gray() || *quality != Quality::Color;
    ImageInfo {
        limits: limits(&delivery.config, &exhibit.card),
        // The levels and nothing else: OpenSeadragon takes as many sizes as there are levels for
        // the levels, so one thumbnail among them could tear its tiles apart.
        sizes: exhibit.sizes(),
        tiles: vec![exhibit.tiles()],
        qualities: Quality::ALL.into_iter().filter(has_colour).collect(),
        formats: delivery.config.formats(),
        features: Feature::ALL.to_vec(),
        ..ImageInfo::new(id, exhibit.extent(), Level::Two)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use catalogue::{AssetFields, Change};
    use serde_json::json;

    use crate::{
        DeliveryConfig,
        testing::{Library, Picture, ROOT},
    };

    const LD_2: &str = "application/ld+json;profile=\"http://iiif.io/api/image/2/context.json\"";
    const LD_3: &str = "application/ld+json;profile=\"http://iiif.io/api/image/3/context.json\"";

    async fn library() -> Library {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        library
    }

    #[tokio::test]
    async fn version_3_says_what_may_be_asked() {
        let library = library().await;
        let reply = library.get("/iiif-img/2/5/a/info.json").await;
        assert_eq!(reply.header("content-type"), LD_3);
        assert_eq!(reply.header("cache-control"), "public, max-age=300, s-maxage=300");
        assert_eq!(reply.header("vary"), "Accept, Accept-Encoding");
        assert_eq!(reply.header("x-asset-id"), "2/5/a");
        let profile = "<http://iiif.io/api/image/3/level2.json>;rel=\"profile\"";
        assert_eq!(reply.header("link"), profile);
        assert_eq!(
            reply.json(),
            json!({
                "@context": "http://iiif.io/api/image/3/context.json",
                "id": format!("{ROOT}/iiif-img/2/5/a"),
                "type": "ImageService3",
                "protocol": "http://iiif.io/api/image",
                "profile": "level2",
                "width": 1500,
                "height": 1000,
                "sizes": [
                    { "width": 375, "height": 250 },
                    { "width": 750, "height": 500 },
                    { "width": 1500, "height": 1000 },
                ],
                "tiles": [{ "width": 512, "scaleFactors": [1, 2, 4] }],
                "extraQualities": ["bitonal", "color", "gray"],
                "extraFormats": ["gif", "tif", "webp"],
                "extraFeatures": [
                    "canonicalLinkHeader", "mirroring", "profileLinkHeader", "rotationArbitrary",
                ],
            })
        );
        assert!(reply.text().starts_with("{\"@context\":"), "the context comes first");
    }

    #[tokio::test]
    async fn version_2_says_it_in_its_own_words() {
        let library = library().await;
        let reply = library.get("/iiif-img/v2/2/5/a/info.json").await;
        assert_eq!(reply.header("content-type"), "application/json");
        let info = reply.json();
        assert_eq!(info["@context"], "http://iiif.io/api/image/2/context.json");
        assert_eq!(info["@id"], format!("{ROOT}/iiif-img/v2/2/5/a"));
        assert_eq!(info["profile"][0], "http://iiif.io/api/image/2/level2.json");
        let link = "<http://iiif.io/api/image/2/level2.json>;rel=\"profile\"";
        assert_eq!(reply.header("link"), link);
    }

    /// The version is the path's, else the header's, else the default; the id leads back to it.
    #[tokio::test]
    async fn the_version_is_negotiated() {
        let library = library().await;
        for (prefix, accept, content_type, own) in [
            ("", "*/*", LD_3, ""),
            ("", "application/json", "application/json", ""),
            ("", "application/json, text/javascript, text/plain", "application/json", ""),
            ("", "text/html,application/xhtml+xml", LD_3, ""),
            ("", LD_2, LD_2, "v2/"),
            ("", LD_3, LD_3, ""),
            ("v3/", "*/*", LD_3, "v3/"),
            ("v3/", LD_2, LD_3, "v3/"),
            ("v2/", "*/*", "application/json", "v2/"),
            ("v2/", LD_3, LD_2, "v2/"),
            ("v2/", "application/ld+json", LD_2, "v2/"),
        ] {
            let path = format!("/iiif-img/{prefix}2/5/a/info.json");
            let reply = library.get_with(&path, "accept", accept).await;
            assert_eq!(reply.header("content-type"), content_type, "{path} {accept}");
            let info = reply.json();
            let id = info.get("id").or(info.get("@id")).unwrap();
            assert_eq!(*id, format!("{ROOT}/iiif-img/{own}2/5/a"), "{path} {accept}");
        }
    }

    #[tokio::test]
    async fn the_default_version_is_a_setting() {
        let config = serde_json::from_value(json!({ "default_version": "v2" })).unwrap();
        let library = Library::with(config).await;
        library.add("a", Picture::small()).await;
        let info = library.get("/iiif-img/2/5/a/info.json").await.json();
        assert_eq!(info["@id"], format!("{ROOT}/iiif-img/2/5/a"));
        let image = library.get("/iiif-img/2/5/a/full/full/0/default.jpg").await;
        assert_eq!(image.status, StatusCode::OK);
        let info = library.get_with("/iiif-img/2/5/a/info.json", "accept", LD_3).await.json();
        assert_eq!(info["id"], format!("{ROOT}/iiif-img/v3/2/5/a"));
    }

    #[tokio::test]
    async fn every_size_and_tile_that_is_stated_is_a_copy_of_bytes() {
        let library = library().await;
        let info = library.get("/iiif-img/2/5/a/info.json").await.json();
        let side = |size: &serde_json::Value, name: &str| size[name].as_u64().unwrap();
        let mut asked = 0;
        for size in info["sizes"].as_array().unwrap() {
            let (w, h) = (side(size, "width"), side(size, "height"));
            let path = format!("/iiif-img/2/5/a/full/{w},{h}/0/default.jpg");
            let reply = library.get(&path).await;
            assert_eq!(reply.jpeg_extent(), (w as u16, h as u16));
        }
        library.counts.clear();
        for scale in [1u64, 2, 4] {
            let (step, w, h) = (512 * scale, 1500u64, 1000u64);
            for (x, y) in (0..w.div_ceil(step))
                .flat_map(|x| (0..h.div_ceil(step)).map(move |y| (x * step, y * step)))
            {
                let (rw, rh) = (step.min(w - x), step.min(h - y));
                let size = format!("{},{}", rw.div_ceil(scale), rh.div_ceil(scale));
                let path = format!("/iiif-img/2/5/a/{x},{y},{rw},{rh}/{size}/0/default.jpg");
                assert_eq!(library.get(&path).await.status, StatusCode::OK, "{path}");
                asked += 1;
            }
        }
        assert_eq!(library.counts.of("grid"), asked);
    }

    #[tokio::test]
    async fn limits_are_stated_and_sizes_above_them_are_not() {
        let library = Library::in_memory().await;
        let fields = AssetFields { max_width: Change::Set(400), ..Default::default() };
        library.add_with("a", Picture::small(), fields).await;
        let info = library.get("/iiif-img/2/5/a/info.json").await.json();
        assert_eq!(info["maxWidth"], 400);
        assert_eq!(info["sizes"], json!([{ "width": 375, "height": 250 }]));
        assert_eq!(info["tiles"], json!([{ "width": 256, "scaleFactors": [1, 2, 4] }]));

        let library = Library::with(DeliveryConfig { max_area: 1_000_000, ..Default::default() });
        let library = library.await;
        library.add("a", Picture::small()).await;
        let info = library.get("/iiif-img/2/5/a/info.json").await.json();
        assert_eq!(info["maxArea"], 1_000_000);
    }

    #[tokio::test]
    async fn a_gray_image_has_no_color() {
        let library = Library::in_memory().await;
        library.add("a", Picture::gray()).await;
        let info = library.get("/iiif-img/2/5/a/info.json").await.json();
        assert_eq!(info["extraQualities"], json!(["bitonal", "gray"]));
    }

    /// Version 2 has the status say it, version 3 leaves it to the probe; both have the body.
    #[tokio::test]
    async fn a_restricted_image_still_says_what_it_is() {
        let library = Library::in_memory().await;
        let role = "https://api.example.org/customers/2/roles/staff".to_owned();
        let fields = AssetFields { roles: Change::Set(vec![role]), ..Default::default() };
        library.add_with("a", Picture::small(), fields).await;
        for (version, status) in [("v2", StatusCode::UNAUTHORIZED), ("v3", StatusCode::OK)] {
            let reply = library.get(&format!("/iiif-img/{version}/2/5/a/info.json")).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.json()["width"], 1500);
            assert_eq!(reply.header("cache-control"), "private, max-age=600");
            assert_eq!(reply.header("vary"), "Accept, Accept-Encoding, Authorization");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert!(reply.json().get("service").is_none(), "there is no signing in yet");
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_still_good_is_not_sent_again() {
        let library = library().await;
        let path = "/iiif-img/2/5/a/info.json";
        let reply = library.ask(Method::HEAD, path, &[]).await;
        let etag = reply.header("etag").to_owned();
        assert!(reply.body.is_empty() && reply.header("content-length") != "0");

        let same = library.get_with(path, "if-none-match", &etag).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED);
        assert_eq!(same.header("vary"), "Accept, Accept-Encoding");
        let headers = [("if-none-match", etag.as_str()), ("accept", LD_2)];
        let other = library.ask(Method::GET, path, &headers).await;
        assert_eq!(other.status, StatusCode::OK, "another document");
    }
}
