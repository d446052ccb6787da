use std::time::Instant;

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use bytes::Bytes;
use catalogue::AssetCard;
use iiif::image::{Extent, Format, ImageRequest, Quality, Region};
use storage::keys;

use super::shelf::{Pick, Shelf};
use crate::{
    answer::Answer,
    counters::How,
    delivery::Delivery,
    error::Error,
    headers::{self, LastModified},
    image::{ImageUrl, asset_id, read_thumbnail, resize_thumbnail},
    visit::Visit,
};

/// `GET /thumbs[/v2|/v3]/{customer}/{space}/{name}/full/{size}/0/default.jpg`: a thumbnail as it is
/// stored, or one made from the next larger one; a header says which.
pub(crate) async fn get_thumb(
    delivery: &Delivery,
    url: &ImageUrl,
    visit: &Visit,
) -> Result<Response, Error> {
    let begun = Instant::now();
    let request = url.request(delivery.config.default_version)?;
    check_is_plain(&request)?;
    let card = delivery.card(&url.asset).await?;
    let shelf = Shelf::of(delivery, &card, &visit.visitor)?;
    let pick = shelf.pick(&request)?.filter(|pick| delivery.offers_thumbnail(*pick));
    let pick = pick.ok_or(Error::NoSuchThumbnail)?;

    let answer = answer(delivery, &card, pick).kept_as_image(delivery, shelf.decision);
    let answer = answer.with_headers_of(&card, shelf.decision);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    if visit.is_head {
        return Ok(answer.without_body(None));
    }
    let (image, how) = read(delivery, &card, pick).await?;
    delivery.counters.count(how, begun.elapsed());
    Ok(answer.with_body(image))
}

/// A level 0 service has whole images, upright, in JPEG.
fn check_is_plain(request: &ImageRequest) -> Result<(), Error> {
    let is_plain = request.region == Region::Full
        && request.rotation.is_none()
        && request.quality == Quality::Default
        && request.format == Format::Jpg;
    if is_plain { Ok(()) } else { Err(Error::NotAThumbnail) }
}

impl Delivery {
    fn offers_thumbnail(&self, pick: Pick) -> bool {
        match pick {
            Pick::Stored(_) => true,
            Pick::Resized { .. } => self.config.thumbnail_resizing,
        }
    }
}

const MATCH: HeaderName = HeaderName::from_static("x-thumb-match");
const RESIZED: HeaderName = HeaderName::from_static("x-thumb-resized");

fn answer(delivery: &Delivery, card: &AssetCard, pick: Pick) -> Answer {
    let etag = delivery.encoder.of(canonical(pick.extent()).as_bytes()).etag(card.version);
    let (asset_id, modified) = (asset_id(&card.id), LastModified::new(card.modified));
    let name = match pick {
        Pick::Stored(_) => MATCH,
        Pick::Resized { .. } => RESIZED,
    };
    Answer::new(&asset_id, headers::media_type(Format::Jpg), etag, &modified)
        .with(name, HeaderValue::from_static("1"))
}

fn canonical(size: Extent) -> String {
    format!("thumbs/full/{},{}/0/default.jpg", size.w, size.h)
}

async fn read(delivery: &Delivery, card: &AssetCard, pick: Pick) -> Result<(Bytes, How), Error> {
    match pick {
        Pick::Stored(size) => Ok((read_thumbnail(delivery, card, size).await?, How::Thumbnail)),
        Pick::Resized { from, to } => remember_or_resize(delivery, card, from, to).await,
    }
}

async fn remember_or_resize(
    delivery: &Delivery,
    card: &AssetCard,
    from: Extent,
    to: Extent,
) -> Result<(Bytes, How), Error> {
    let key = keys::drawn(&card.id, card.version, 3, &delivery.encoder.name(&canonical(to)));
    let drawn = delivery.remember_or_draw(&key, async {
        let jpeg = read_thumbnail(delivery, card, from).await?;
        resize_thumbnail(delivery, jpeg, from, to).await
    });
    drawn.await
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, StatusCode};
    use catalogue::{AssetFields, Change};

    use crate::{
        DeliveryConfig,
        testing::{Library, Picture},
    };

    async fn library() -> Library {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        library
    }

    fn path(version: &str, size: &str) -> String {
        format!("/thumbs/{version}2/5/a/full/{size}/0/default.jpg")
    }

    #[tokio::test]
    async fn a_stored_thumbnail_is_given_as_it_is() {
        let library = library().await;
        for (size, extent) in [
            ("400,267", (400, 267)),
            ("400,", (400, 267)),
            (",267", (400, 267)),
            ("!400,400", (400, 267)),
            ("!100,5000", (100, 67)),
            ("max", (1024, 683)),
        ] {
            let reply = library.get(&path("", size)).await;
            assert_eq!(reply.status, StatusCode::OK, "{size}: {reply:?}");
            assert_eq!(reply.jpeg_extent(), extent, "{size}");
            assert_eq!(reply.header("x-thumb-match"), "1");
            assert_eq!(reply.header("x-thumb-resized"), "");
            assert_eq!(reply.header("cache-control"), "public, max-age=86400, s-maxage=86400");
        }
        assert_eq!(library.get(&path("v2/", "full")).await.jpeg_extent(), (1024, 683));
        assert_eq!(library.counts.of("thumb"), 7);
    }

    /// The sizes that viewers ask for are none of those that are stored.
    #[tokio::test]
    async fn another_size_is_made_from_the_next_larger_one() {
        let library = library().await;
        for (size, extent) in
            [("90,", (90, 60)), ("225,", (225, 150)), (",120", (180, 120)), ("!96,96", (96, 64))]
        {
            let reply = library.get(&path("", size)).await;
            assert_eq!(reply.jpeg_extent(), extent, "{size}");
            assert_eq!(reply.header("x-thumb-resized"), "1");
            assert_eq!(reply.header("x-thumb-match"), "");
        }
        library.get(&path("v2/", "90,")).await;
        assert_eq!((library.counts.of("drawn"), library.counts.of("derivative")), (4, 1));
    }

    #[tokio::test]
    async fn what_is_not_there_is_said_in_json() {
        let library = library().await;
        for (request, status) in [
            ("full/1025,/0/default.jpg", StatusCode::NOT_FOUND),
            ("full/max/90/default.jpg", StatusCode::BAD_REQUEST),
            ("full/max/0/gray.jpg", StatusCode::BAD_REQUEST),
            ("full/max/0/default.png", StatusCode::BAD_REQUEST),
            ("0,0,10,10/max/0/default.jpg", StatusCode::BAD_REQUEST),
            ("full/pct:10/0/default.jpg", StatusCode::BAD_REQUEST),
            ("full/^200,/0/default.jpg", StatusCode::BAD_REQUEST),
            ("full/nonsense/0/default.jpg", StatusCode::BAD_REQUEST),
            ("nonsense", StatusCode::NOT_FOUND),
        ] {
            let reply = library.get(&format!("/thumbs/2/5/a/{request}")).await;
            assert_eq!(reply.status, status, "{request}");
            assert_eq!(reply.header("content-type"), "application/json");
            assert!(reply.json()["message"].is_string(), "{request}");
            assert_eq!(reply.header("access-control-allow-origin"), "*");
        }
    }

    #[tokio::test]
    async fn resizing_can_be_forbidden() {
        let config = DeliveryConfig { thumbnail_resizing: false, ..Default::default() };
        let library = Library::with(config).await;
        library.add("a", Picture::small()).await;
        assert_eq!(library.get(&path("", "90,")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(library.get(&path("", "100,")).await.status, StatusCode::OK);
    }

    #[tokio::test]
    async fn closed_sizes_are_neither_given_nor_resized_from() {
        let library = Library::in_memory().await;
        let role = "https://api.example.org/customers/2/roles/staff".to_owned();
        let fields = AssetFields {
            roles: Change::Set(vec![role]),
            open_full_max: Change::Set(200),
            ..Default::default()
        };
        library.add_with("a", Picture::small(), fields).await;
        assert_eq!(library.get(&path("", "max")).await.jpeg_extent(), (200, 133));
        assert_eq!(
            library.get(&path("", "!200,200")).await.header("cache-control"),
            "private, max-age=600"
        );
        for size in ["!400,400", "201,", "1024,683"] {
            assert_eq!(library.get(&path("", size)).await.status, StatusCode::NOT_FOUND, "{size}");
        }
    }

    #[tokio::test]
    async fn a_copy_that_is_still_good_is_not_sent_again() {
        let library = library().await;
        let head = library.ask(Method::HEAD, &path("", "90,"), &[]).await;
        assert_eq!(head.status, StatusCode::OK);
        let reply =
            library.get_with(&path("", "90,60"), "if-none-match", head.header("etag")).await;
        assert_eq!(reply.status, StatusCode::NOT_MODIFIED);
        assert_eq!(library.counts.of("drawn"), 0);
    }
}
