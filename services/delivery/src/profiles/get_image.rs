use std::time::Instant;

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use iiif::{
    Version,
    image::{Drawing, Format, ImageRequest, Quality, Region, Rotation, Size, SizeForm},
};

use super::{address::Address, error::Error, gallery::Gallery, index::Item};
use crate::{
    answer::{ASSET_ID, Answer},
    headers,
    image::{Exhibit, read},
    visit::Visit,
};

/// `GET /{identifier}/{region}/{size}/{rotation}/{quality}.{format}`
pub(super) async fn get_image(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
) -> Result<Response, Error> {
    let (request, written) = address.request()?;
    let (request, written) = (&request, &written);
    let show = async |item: Item| {
        let exhibit = gallery.exhibit(&item).await?;
        let drawing = gallery.delivery.resolve(request, &exhibit);
        let drawing = drawing.map_err(|error| Error::of_drawing(error, written))?;
        answer(gallery, (address, visit), &item, (&exhibit, &drawing)).await
    };
    gallery.persist(&address.identifier, show).await
}

/// `GET /{identifier}/thumbnail`, `GET /{identifier}/preview`: the whole image, at most so wide.
pub(super) async fn get_reduced(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
    max_width: u32,
) -> Result<Response, Error> {
    let show = async |item: Item| {
        let exhibit = gallery.exhibit(&item).await?;
        let request = reduced(exhibit.extent().w, max_width);
        let drawing = gallery.delivery.resolve(&request, &exhibit)?;
        answer(gallery, (address, visit), &item, (&exhibit, &drawing)).await
    };
    gallery.persist(&address.identifier, show).await
}

fn reduced(width: u32, max_width: u32) -> ImageRequest {
    let form = SizeForm::Width(width.min(max_width).into());
    ImageRequest {
        version: Version::V3,
        region: Region::Full,
        size: Size { upscale: false, form },
        rotation: Rotation::NONE,
        quality: Quality::Default,
        format: Format::Jpg,
    }
}

async fn answer(
    gallery: &Gallery,
    (address, visit): (&Address, &Visit),
    item: &Item,
    (exhibit, drawing): (&Exhibit, &Drawing),
) -> Result<Response, Error> {
    let begun = Instant::now();
    let delivery = &gallery.delivery;
    let etag = delivery.encoder.of(drawing.canonical.as_bytes()).etag(item.card.version);
    let media_type = headers::media_type(drawing.format);
    let answer = Answer::new(&exhibit.asset_id, media_type, etag, &exhibit.modified)
        .with(ASSET_ID, address.asset_id())
        .with(header::CACHE_CONTROL, item.words.cache_control.clone())
        .with(header::LINK, link(address, visit, drawing));
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let source = exhibit.source(drawing);
    if visit.is_head {
        return Ok(answer.without_body(source.length()));
    }
    let (image, how) = read(delivery, exhibit, drawing, source, Version::V3).await?;
    delivery.counters.count(how, begun.elapsed());
    Ok(answer.with_body(image))
}

/// Both links in one value.
fn link(address: &Address, visit: &Visit, drawing: &Drawing) -> HeaderValue {
    let (id, profile) = (address.id(&visit.urls), headers::level_2(Version::V3));
    let text = format!("<{id}/{}>;rel=\"canonical\", {profile}", drawing.canonical);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(profile))
}
