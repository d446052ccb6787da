use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use iiif::image::{Drawing, Version};
use storage::keys;

use super::{
    draw::{draw, read_thumbnail},
    exhibit::{Exhibit, Source},
    image_url::ImageUrl,
    stitched::stitched,
};
use crate::{
    access::{Asked, Decision, may_see},
    answer::Answer,
    counters::How,
    delivery::Delivery,
    error::Error,
    headers,
    pieces::Pieces,
    visit::Visit,
};

/// `GET /iiif-img[/v2|/v3]/{customer}/{space}/{name}/{region}/{size}/{rotation}/{quality}.{format}`:
/// one image, read, remembered or drawn.
pub(crate) async fn get_image(
    delivery: &Delivery,
    url: &ImageUrl,
    visit: &Visit,
) -> Result<Response, Error> {
    let begun = Instant::now();
    let request = url.request(delivery.config.default_version)?;
    let exhibit = delivery.exhibit(&url.asset).await?;
    let drawing = delivery.resolve(&request, &exhibit)?;
    let decision = may_see(&exhibit.card, &visit.visitor, Asked::Image(&drawing));
    if decision == Decision::Refused {
        return Err(Error::Unauthorised);
    }

    let link = link(url, visit, &drawing, request.version);
    let answer = answer(delivery, &exhibit, &drawing, decision).with(header::LINK, link);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let source = exhibit.source(&drawing);
    if visit.is_head {
        return Ok(answer.without_body(source.length()));
    }
    let (image, how) = read(delivery, &exhibit, &drawing, source, request.version).await?;
    delivery.counters.count(how, begun.elapsed());
    Ok(answer.with_body(image))
}

fn answer(delivery: &Delivery, exhibit: &Exhibit, drawing: &Drawing, decision: Decision) -> Answer {
    let etag = delivery.encoder.of(drawing.canonical.as_bytes()).etag(exhibit.card.version);
    let content_type = headers::media_type(drawing.format);
    Answer::new(&exhibit.asset_id, content_type, etag, &exhibit.modified)
        .kept_as_image(delivery, decision)
        .with_headers_of(&exhibit.card, decision)
}

/// Both links in one value; the canonical address is never redirected to.
fn link(url: &ImageUrl, visit: &Visit, drawing: &Drawing, version: Version) -> HeaderValue {
    let (id, canonical) = (url.id(&visit.urls), &drawing.canonical);
    let profile = headers::level_2(version);
    let text = format!("<{id}/{canonical}>;rel=\"canonical\", {profile}");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(profile))
}

impl Source {
    /// As far as it is known before anything is read.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::Grid(tile) => tile.length(),
            Self::Thumbnail(_) | Self::Stitch(..) | Self::Drawing => None,
        }
    }
}

/// What takes long is boxed: the future of a tile is copied more than once, so it is kept small.
pub(crate) async fn read(
    delivery: &Delivery,
    exhibit: &Exhibit,
    drawing: &Drawing,
    source: Source,
    version: Version,
) -> Result<(Body, How), Error> {
    let (image, how) = match source {
        Source::Stitch(pyramid, stitch) => {
            let body = Box::pin(stitched(delivery, exhibit, pyramid, stitch)).await;
            let body = body.map_err(Arc::new)?;
            return Ok((body, How::Stitched));
        }
        Source::Grid(tile) => (delivery.tiles.get(exhibit, &tile).await?, How::Grid),
        Source::Thumbnail(size) => {
            (read_thumbnail(delivery, &exhibit.card, size).await?, How::Thumbnail)
        }
        Source::Drawing => {
            let (card, major) = (&exhibit.card, version.major().into());
            let name = delivery.encoder.name(&drawing.canonical);
            let key = keys::drawn(&card.id, card.version, major, &name);
            let drawn = delivery.remember_or_draw(&key, draw(delivery, exhibit, drawing));
            Box::pin(drawn).await?
        }
    };
    Ok((Pieces::body(image), how))
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use catalogue::{AssetFields, Change};
    use futures_util::future::join_all;

    use crate::{
        DeliveryConfig,
        config::DrawingConfig,
        testing::{Library, Picture, ROOT},
    };

    const TILE: &str = "/iiif-img/2/5/a/0,0,512,512/512,512/0/default.jpg";
    const DRAWN: &str = "/iiif-img/2/5/a/100,100,300,300/150,/0/default.jpg";

    /// What viewers ask for is copied, in whatever spelling, and wherever the pyramid is.
    #[tokio::test]
    async fn tiles_on_the_grid_are_bytes_of_the_pyramid() {
        for library in [Library::in_memory().await, Library::in_a_folder().await] {
            library.add("a", Picture::small()).await;
            for (path, extent) in [
                ("0,0,512,512/512,512", (512, 512)),
                ("0,0,512,512/512,", (512, 512)),
                ("0,0,512,512/max", (512, 512)),
                ("512,512,512,512/pct:100", (512, 488)),
                ("1024,512,476,488/476,488", (476, 488)),
                ("1024,512,512,512/476,", (476, 488)),
                ("0,0,1024,1000/512,500", (512, 500)),
                ("1024,0,476,1000/238,", (238, 500)),
                ("full/375,250", (375, 250)),
                ("full/,250", (375, 250)),
                ("full/pct:25", (375, 250)),
            ] {
                let path = format!("/iiif-img/2/5/a/{path}/0/default.jpg");
                let reply = library.get(&path).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
                assert_eq!(reply.jpeg_extent(), extent, "{path}");
                let end = reply.body.windows(2).position(|bytes| bytes == b"\xff\xd9");
                assert_eq!(end, Some(reply.body.len() - 2), "{path}: a whole JPEG, and no more");
            }
            assert_eq!(library.counts.of("grid"), 11);
            assert_eq!(library.counts.of("drawn"), 0);
        }
    }

    /// Whole levels and rectangles of tiles are put together without decoding.
    #[tokio::test]
    async fn what_lies_between_cuts_is_stitched() {
        for library in [Library::in_memory().await, Library::in_a_folder().await] {
            library.add("a", Picture::small()).await;
            for (path, extent) in [
                ("full/max", (1500, 1000)),
                ("full/750,", (750, 500)),
                ("0,0,1024,1000/max", (1024, 1000)),
                ("256,0,256,256/max", (256, 256)),
                ("512,496,988,504/max", (988, 504)),
            ] {
                let path = format!("/iiif-img/2/5/a/{path}/0/default.jpg");
                let reply = library.get(&path).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {reply:?}");
                assert_eq!(reply.jpeg_extent(), extent, "{path}");
                let end = reply.body.windows(2).position(|bytes| bytes == b"\xff\xd9");
                assert_eq!(end, Some(reply.body.len() - 2), "{path}: a whole JPEG, and no more");
                let head = library.ask(Method::HEAD, &path, &[]).await;
                assert_eq!(head.header("etag"), reply.header("etag"), "{path}");
            }
            assert_eq!((library.counts.of("stitched"), library.counts.of("drawn")), (5, 0));
        }
    }

    #[tokio::test]
    async fn an_image_off_the_grid_is_drawn_once_and_then_remembered() {
        let library = Library::in_a_folder().await;
        library.add("a", Picture::small()).await;
        let first = library.get(DRAWN).await;
        assert_eq!(first.jpeg_extent(), (150, 150));
        assert_eq!(library.get(DRAWN).await.body, first.body);
        assert_eq!((library.counts.of("drawn"), library.counts.of("derivative")), (1, 1));
    }

    #[tokio::test]
    async fn equal_requests_at_the_same_time_are_drawn_once() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let spelled = ["150,", "150,150", "!150,150", ",150"];
        let paths: Vec<_> = spelled
            .iter()
            .cycle()
            .take(16)
            .map(|size| format!("/iiif-img/2/5/a/100,100,300,300/{size}/0/default.jpg"))
            .collect();
        let replies = join_all(paths.iter().map(|path| library.get(path))).await;
        for reply in &replies {
            assert_eq!(reply.body, replies[0].body);
        }
        assert_eq!((library.counts.of("drawn"), library.counts.of("derivative")), (1, 15));
    }

    #[tokio::test]
    async fn a_stored_thumbnail_is_as_good_as_a_tile() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let reply = library.get("/iiif-img/2/5/a/full/!400,400/0/default.jpg").await;
        assert_eq!(reply.jpeg_extent(), (400, 267));
        assert_eq!(library.counts.of("thumb"), 1);
        assert_eq!(library.counts.of("drawn"), 0);
    }

    #[tokio::test]
    async fn an_image_says_how_it_may_be_kept_and_what_it_is() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let reply =
            library.get("/iiif-img/2/5/a/0,0,512,512/512,/0/default.jpg?cache=buster").await;
        assert_eq!(reply.header("content-type"), "image/jpeg");
        assert_eq!(reply.header("content-length"), reply.body.len().to_string());
        assert_eq!(reply.header("cache-control"), "public, max-age=86400, s-maxage=86400");
        assert_eq!(reply.header("last-modified"), "Fri, 20 Nov 2026 08:49:37 GMT");
        assert_eq!(reply.header("x-asset-id"), "2/5/a");
        assert_eq!(reply.header("vary"), "");
        let canonical = format!("<{ROOT}/iiif-img/2/5/a/0,0,512,512/max/0/default.jpg>");
        assert_eq!(
            reply.header("link"),
            format!(
                "{canonical};rel=\"canonical\", \
                 <http://iiif.io/api/image/3/level2.json>;rel=\"profile\""
            )
        );
    }

    #[tokio::test]
    async fn head_has_the_headers_of_get_and_draws_nothing() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for path in [TILE, DRAWN] {
            let head = library.ask(Method::HEAD, path, &[]).await;
            assert_eq!(head.status, StatusCode::OK);
            assert!(head.body.is_empty());
            assert_eq!(library.counts.of("grid") + library.counts.of("drawn"), 0);
            let length = head.header("content-length").to_owned();

            let get = Library::get(&library, path).await;
            for name in ["etag", "last-modified", "link", "content-type", "cache-control"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
            let expected = if path == TILE { get.body.len().to_string() } else { String::new() };
            assert_eq!(length, expected, "{path}: unknown before it is drawn");
            library.counts.clear();
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_still_good_is_not_sent_again() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let etag = library.ask(Method::HEAD, DRAWN, &[]).await.header("etag").to_owned();
        assert!(etag.starts_with('"'), "a strong tag: {etag}");

        let same = "/iiif-img/2/5/a/100,100,300,300/150,150/0/default.jpg";
        for (path, name, value, status) in [
            (DRAWN, "if-none-match", etag.as_str(), StatusCode::NOT_MODIFIED),
            (same, "if-none-match", &etag, StatusCode::NOT_MODIFIED),
            (DRAWN, "if-none-match", "*", StatusCode::NOT_MODIFIED),
            (DRAWN, "if-none-match", "\"other\"", StatusCode::OK),
            (TILE, "if-none-match", &etag, StatusCode::OK),
            (DRAWN, "if-modified-since", "Fri, 20 Nov 2026 08:49:37 GMT", StatusCode::NOT_MODIFIED),
            (DRAWN, "if-modified-since", "Fri, 20 Nov 2026 08:49:36 GMT", StatusCode::OK),
        ] {
            let reply = library.get_with(path, name, value).await;
            assert_eq!(reply.status, status, "{path} {name}: {value}");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert!(reply.headers.contains_key("etag"));
            assert_eq!(reply.body.is_empty(), status == StatusCode::NOT_MODIFIED);
        }
        assert_eq!(library.counts.of("drawn"), 1, "304 is answered without drawing");
    }

    #[tokio::test]
    async fn a_new_version_of_the_image_has_a_new_tag() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let before = library.get(TILE).await;
        library.add("a", Picture::gray()).await;
        let after = library.get(TILE).await;
        assert_ne!(before.header("etag"), after.header("etag"));
        assert_ne!(before.body, after.body);
    }

    #[tokio::test]
    async fn every_format_is_drawn_as_what_it_is() {
        let extra_formats = vec!["avif", "jp2", "pdf"];
        let config = serde_json::json!({ "extra_formats": extra_formats });
        let library = Library::with(serde_json::from_value(config).unwrap()).await;
        library.add("a", Picture::small()).await;
        for (format, media_type, start) in [
            ("jpg", "image/jpeg", &b"\xff\xd8\xff"[..]),
            ("png", "image/png", b"\x89PNG"),
            ("webp", "image/webp", b"RIFF"),
            ("gif", "image/gif", b"GIF89a"),
            ("tif", "image/tiff", b"II*\0"),
            ("jp2", "image/jp2", b"\0\0\0\x0cjP  "),
            ("pdf", "application/pdf", b"%PDF-"),
            ("avif", "image/avif", b"\0\0\0"),
        ] {
            let path = format!("/iiif-img/2/5/a/full/120,/!90/bitonal.{format}");
            let reply = library.get(&path).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {:?}", reply.text_if_any());
            assert_eq!(reply.header("content-type"), media_type);
            assert!(reply.body.starts_with(start), "{format}: {:?}", &reply.body[..16]);
        }
    }

    #[tokio::test]
    async fn slow_formats_are_refused_unless_they_are_offered() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        for format in ["avif", "jp2", "pdf"] {
            let reply = library.get(&format!("/iiif-img/2/5/a/full/120,/0/default.{format}")).await;
            assert_eq!(reply.status, StatusCode::BAD_REQUEST);
            assert_eq!(reply.text(), format!("images are not offered as {format} here\n"));
        }
    }

    #[tokio::test]
    async fn a_gray_image_stays_on_the_grid_in_every_quality_but_bitonal() {
        let library = Library::in_memory().await;
        library.add("a", Picture::gray()).await;
        for quality in ["default", "color", "gray"] {
            let path = format!("/iiif-img/2/5/a/0,0,512,512/512,/0/{quality}.jpg");
            assert_eq!(library.get(&path).await.status, StatusCode::OK, "{path}");
        }
        assert_eq!(library.counts.of("grid"), 3);
    }

    #[tokio::test]
    async fn a_restricted_image_shows_strangers_no_more_than_is_open() {
        let library = Library::in_memory().await;
        let role = "https://api.example.org/customers/2/roles/staff".to_owned();
        let fields = AssetFields {
            roles: Change::Set(vec![role]),
            open_full_max: Change::Set(400),
            ..Default::default()
        };
        library.add_with("a", Picture::small(), fields).await;
        for path in ["full/400,/0/default.jpg", "full/!300,300/90/gray.png"] {
            let reply = library.get(&format!("/iiif-img/2/5/a/{path}")).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_eq!(reply.header("cache-control"), "private, max-age=600");
            assert_eq!(reply.header("vary"), "Cookie");
        }
        for path in ["full/max", "full/401,", "0,0,512,512/512,", "square/100,", "0,0,8,8/max"] {
            let path = format!("/iiif-img/2/5/a/{path}/0/default.jpg");
            let reply = library.get_with(&path, "if-none-match", "*").await;
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(reply.text(), "this is not open to everybody\n");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
            assert_eq!(reply.header("cache-control"), "no-store");
        }
    }

    #[tokio::test]
    async fn who_can_not_be_served_soon_is_sent_away() {
        let drawing = DrawingConfig { small_workers: 1, queue: 0, ..DrawingConfig::default() };
        let library = Library::with(DeliveryConfig { drawing, ..Default::default() }).await;
        library.add("a", Picture::small()).await;
        let busy = library.delivery.admission.admit(1).await.unwrap();
        let reply = library.get(DRAWN).await;
        assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(reply.header("retry-after"), "2");
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert_eq!(library.get(TILE).await.status, StatusCode::OK, "tiles need no worker");
        drop(busy);
        assert_eq!(library.get(DRAWN).await.status, StatusCode::OK, "a refusal is not remembered");
    }

    #[tokio::test]
    async fn what_is_too_large_for_the_memory_is_refused_for_good() {
        let drawing =
            DrawingConfig { small_bytes: 1024, memory_bytes: 4096, ..DrawingConfig::default() };
        let library = Library::with(DeliveryConfig { drawing, ..Default::default() }).await;
        library.add("a", Picture::small()).await;
        let reply = library.get("/iiif-img/2/5/a/full/max/0/default.png").await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(reply.header("retry-after"), "");
    }
}
