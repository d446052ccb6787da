use std::time::Instant;

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use iiif::{
    Version,
    image::{Drawing, Format, ImageRequest, Quality, Region, Rotation, Size, SizeForm},
};

use super::{address::Address, error::Error, gallery::Gallery, index::Item, meanwhile::Sketch};
use crate::{
    answer::{ASSET_ID, Answer},
    counters::How,
    headers::{self, Fingerprint},
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
    let wish = |exhibit: &Exhibit| {
        let drawing = gallery.delivery.resolve(request, exhibit);
        drawing.map_err(|error| Error::of_drawing(error, written))
    };
    let show = async |item: Item| show(gallery, (address, visit), &item, &wish).await;
    gallery.persist(&address.identifier, show).await
}

/// `GET /{identifier}/thumbnail`, `GET /{identifier}/preview`: the whole image, at most so wide.
pub(super) async fn get_reduced(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
    max_width: u32,
) -> Result<Response, Error> {
    let wish = |exhibit: &Exhibit| {
        let request = reduced(address.version, exhibit.extent().w, max_width);
        Ok(gallery.delivery.resolve(&request, exhibit)?)
    };
    let show = async |item: Item| show(gallery, (address, visit), &item, &wish).await;
    gallery.persist(&address.identifier, show).await
}

fn reduced(version: Version, width: u32, max_width: u32) -> ImageRequest {
    let form = SizeForm::Width(width.min(max_width).into());
    ImageRequest {
        version,
        region: Region::Full,
        size: Size { upscale: false, form },
        rotation: Rotation::NONE,
        quality: Quality::Default,
        format: Format::Jpg,
    }
}

/// What is wished for, from the pyramid; while that is in the making, from the original if it is there sooner.
async fn show(
    gallery: &Gallery,
    at: (&Address, &Visit),
    item: &Item,
    wish: &impl Fn(&Exhibit) -> Result<Drawing, Error>,
) -> Result<Response, Error> {
    let begun = Instant::now();
    let exhibit = match Sketch::begin(gallery, item) {
        // What HEAD tells is of the pyramid.
        Some(sketch) if !at.1.is_head => {
            let drawing = wish(&sketch.exhibit)?;
            tokio::select! {
                biased;
                exhibit = gallery.exhibit(item) => exhibit?,
                Some(image) = sketch.draw(&drawing, at.0.version) => {
                    gallery.delivery.counters.count(How::Meanwhile, begun.elapsed());
                    let answer = answer(&sketch.encoder(), at, item, (&sketch.exhibit, &drawing));
                    return Ok(answer.with_body(image));
                }
            }
        }
        Some(_) | None => gallery.exhibit(item).await?,
    };
    let drawing = wish(&exhibit)?;
    let (delivery, visit) = (&gallery.delivery, at.1);
    let answer = answer(&delivery.encoder, at, item, (&exhibit, &drawing));
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let source = exhibit.source(&drawing);
    if visit.is_head {
        return Ok(answer.without_body(source.length()));
    }
    let (image, how) = read(delivery, &exhibit, &drawing, source, at.0.version).await?;
    delivery.counters.count(how, begun.elapsed());
    Ok(answer.with_body(image))
}

fn answer(
    encoder: &Fingerprint,
    (address, visit): (&Address, &Visit),
    item: &Item,
    (exhibit, drawing): (&Exhibit, &Drawing),
) -> Answer {
    let media_type = headers::media_type(drawing.format);
    let etag = encoder.of(drawing.canonical.as_bytes()).etag(item.card.version);
    Answer::new(&exhibit.asset_id, media_type, etag, &exhibit.modified)
        .with(ASSET_ID, address.asset_id())
        .with(header::CACHE_CONTROL, item.words.cache_control.clone())
        .with(header::LINK, link(address, visit, drawing))
}

/// Both links in one value.
fn link(address: &Address, visit: &Visit, drawing: &Drawing) -> HeaderValue {
    let (id, profile) = (address.id(&visit.urls), headers::level_2(address.version));
    let text = format!("<{id}/{}>;rel=\"canonical\", {profile}", drawing.canonical);
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(profile))
}
