use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use iiif::{
    Version,
    image::{Extent, Feature, ImageInfo, Level, Quality, Tiles},
    negotiate::{self, Api},
};
use serde_json::{Map, Value, json};

use super::{address::Address, error::Error, gallery::Gallery, index::Item};
use crate::{
    access::limits,
    answer::{ASSET_ID, Answer},
    headers::{self, Fingerprint, LastModified},
    visit::Visit,
};

/// `GET /{identifier}/info.json`: what may be asked of an image. It is answered before the image can be drawn.
pub(super) async fn get_info(
    gallery: &Gallery,
    address: &Address,
    visit: &Visit,
) -> Result<Response, Error> {
    let item = gallery.find(&address.identifier).await?;
    let accept = visit.accept();
    let accept = accept.as_deref();
    let asked = accept.and_then(|accept| negotiate::version(Api::Image, accept));
    let version = match address.version {
        Version::V2 => Version::V2,
        Version::V3 => asked.unwrap_or(Version::V3),
    };
    let info = describe(gallery, &item, &address.id_in(version, &visit.urls));
    let text = match version {
        Version::V2 => info.to_json(version).to_string(),
        Version::V3 => as_theirs(&info).to_string(),
    };
    let etag = Fingerprint::NEW.of(text.as_bytes()).etag(item.card.version);
    let modified = LastModified::new(item.card.modified);
    let media_type = HeaderValue::from_static(media_type(version, accept));
    let answer = Answer::new(&address.asset_id(), media_type, etag, &modified)
        .with(ASSET_ID, address.asset_id())
        .with(header::VARY, headers::BY_ACCEPT)
        .with(header::CACHE_CONTROL, item.words.cache_control.clone())
        .with(header::LINK, HeaderValue::from_static(headers::level_2(version)));
    Ok(answer.to(visit, Bytes::from(text)))
}

/// Plain JSON, but for those who name JSON-LD.
fn media_type(version: Version, accept: Option<&str>) -> &'static str {
    const JSON_LD: &str = "application/ld+json";
    match accept {
        Some(accept) if accept.contains(JSON_LD) => {
            negotiate::content_type(Api::Image, version, Some(accept))
        }
        _ => "application/json",
    }
}

fn describe(gallery: &Gallery, item: &Item, id: &str) -> ImageInfo {
    let (w, h) = item.card.extent;
    let extent = Extent::new(w, h);
    let config = &gallery.delivery.config;
    ImageInfo {
        limits: limits(config, &item.card),
        sizes: sizes(extent, gallery.config.min_sizes_size),
        tiles: TILES.map(|side| Tiles::square(side, factors(extent))).to_vec(),
        qualities: Quality::ALL.to_vec(),
        formats: config.formats(),
        features: Feature::ALL.to_vec(),
        rights: item.words.rights.clone(),
        ..ImageInfo::new(id, extent, Level::Two)
    }
}

/// In the order in which the server of the Natural History Museum has it.
fn as_theirs(info: &ImageInfo) -> Value {
    let (id, Extent { w, h }) = (info.id.as_str(), info.extent);
    let Value::Object(mut said) = info.to_json(Version::V3) else { return Value::Null };
    if let Some(Value::Array(sizes)) = said.get_mut("sizes") {
        sizes.reverse();
    }
    // Some viewers look for the identifier of version 2 in any document.
    said.insert("@id".to_owned(), id.into());
    // Nothing is enlarged, and clients are told so.
    let widest = said.get("maxWidth").cloned().unwrap_or_else(|| w.into());
    said.entry("maxHeight").or_insert_with(|| if widest == w { h.into() } else { widest.clone() });
    said.insert("maxWidth".to_owned(), widest);
    said.insert("extraQualities".to_owned(), json!(["color", "colour", "gray", "grey", "bitonal"]));
    ordered(said)
}

/// The sides of the tiles that viewers may ask for; all of them are put together without decoding.
const TILES: [u32; 3] = [512, 256, 1024];

const ORDER: [&str; 16] = [
    "@context",
    "id",
    "@id",
    "type",
    "protocol",
    "width",
    "height",
    "rights",
    "profile",
    "tiles",
    "sizes",
    "maxWidth",
    "maxHeight",
    "maxArea",
    "extraQualities",
    "extraFormats",
];

fn ordered(mut said: Map<String, Value>) -> Value {
    let first: Vec<_> = ORDER
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), said.shift_remove(*key)?)))
        .collect();
    first.into_iter().chain(said).collect::<Map<_, _>>().into()
}

/// Five at least, and as many as bring the image down to one tile.
fn factors(extent: Extent) -> Vec<u32> {
    let is_one = |factor: u32| extent.longest_edge().div_ceil(factor) <= TILES[0];
    let mut factors = vec![1, 2, 4, 8, 16];
    while let Some(last) = factors.last().copied()
        && !is_one(last)
    {
        factors.push(last * 2);
    }
    factors
}

/// The image and its halves, down to the smallest that is wanted.
///
/// OpenSeadragon takes the sizes for the levels if there are as many as scale factors, and, adding the image itself, if
/// there is one less: a list that is one short would tear its tiles apart, so it gets its last.
fn sizes(extent: Extent, min_size: u32) -> Vec<Extent> {
    let factors = factors(extent);
    let at = |factor: &u32| Extent::new(extent.w.div_ceil(*factor), extent.h.div_ceil(*factor));
    let all: Vec<Extent> = factors.iter().map(at).collect();
    let is_wanted = |size: &&Extent| **size == extent || size.w.min(size.h) >= min_size;
    let wanted = all.iter().take_while(is_wanted).count();
    let kept = if wanted + 1 == all.len() { all.len() } else { wanted };
    all.into_iter().take(kept).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn viewers_find_every_level_until_one_tile_holds_the_image() {
        assert_eq!(factors(Extent::new(300, 200)), [1, 2, 4, 8, 16]);
        assert_eq!(factors(Extent::new(8192, 5000)), [1, 2, 4, 8, 16]);
        assert_eq!(factors(Extent::new(8193, 5000)), [1, 2, 4, 8, 16, 32]);
        assert_eq!(factors(Extent::new(u32::MAX, 1)).last(), Some(&(1 << 23)));
    }

    #[test]
    fn sizes_end_where_they_get_too_small_and_never_one_short() {
        let listed = |w, h| -> Vec<u32> {
            sizes(Extent::new(w, h), 200).into_iter().map(|size| size.w).collect()
        };
        assert_eq!(listed(6000, 4000), [6000, 3000, 1500, 750, 375]);
        assert_eq!(listed(3000, 2000), [3000, 1500, 750, 375, 188], "four would be one short");
        assert_eq!(listed(1000, 1000), [1000, 500, 250]);
        assert_eq!(listed(100, 50), [100]);
    }
}
