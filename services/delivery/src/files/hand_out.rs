use std::ops::Range;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use catalogue::AssetCard;
use serde::Deserialize;

use super::part::Part;
use crate::{
    access::Decision,
    answer::Answer,
    delivery::Delivery,
    error::Error,
    headers::{Fingerprint, LastModified, attachment},
    image::asset_id,
    visit::Visit,
};

/// What may stand behind the address of bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wishes {
    /// The name under which they are to be kept.
    filename: String,
}

/// Bytes of an asset as they are stored, which a visitor may have.
pub(super) struct Parcel<'a> {
    pub(super) card: &'a AssetCard,
    pub(super) decision: Decision,
    pub(super) media_type: &'a str,
    /// What tells it from the other bytes of the asset.
    pub(super) name: &'a str,
    pub(super) key: String,
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");

/// Hands bytes out, whole or in part, straight from the storage.
pub(super) async fn hand_out(
    delivery: &Delivery,
    visit: &Visit,
    parcel: &Parcel<'_>,
    wishes: &Wishes,
) -> Result<Response, Error> {
    let answer = answer(delivery, parcel, wishes);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let found = delivery.originals.bucket().head(&parcel.key).await?;
    let whole = found.ok_or_else(|| gone(parcel))?.bytes;
    if visit.is_head {
        return Ok(answer.without_body(Some(whole)));
    }
    match Part::of(answer.range(visit), whole) {
        Part::Whole => {
            let body = body(delivery, parcel, None).await?;
            Ok(answer.with(header::CONTENT_LENGTH, whole.into()).with_body(body))
        }
        Part::Bytes(part) => {
            let body = body(delivery, parcel, Some(part.clone())).await?;
            Ok(answer.with_part(&part, whole, body))
        }
        Part::Beyond => {
            let mut response = Error::NoSuchPart(whole).into_response();
            let size = HeaderValue::try_from(format!("bytes */{whole}"));
            response.headers_mut().extend(size.ok().map(|size| (header::CONTENT_RANGE, size)));
            Ok(response)
        }
    }
}

fn answer(delivery: &Delivery, parcel: &Parcel<'_>, wishes: &Wishes) -> Answer {
    let Parcel { card, decision, media_type, .. } = *parcel;
    let content_type = HeaderValue::try_from(media_type).unwrap_or(OCTETS);
    let etag = Fingerprint::NEW.of(parcel.name.as_bytes()).etag(card.version);
    let modified = LastModified::new(card.modified);
    let answer = Answer::new(&asset_id(&card.id), content_type, etag, &modified)
        .with(header::ACCEPT_RANGES, BYTES)
        .kept_as_image(delivery, decision)
        .with_headers_of(card, decision);
    let answer = match may_hold_scripts(media_type) {
        // They are somebody else's, and would run as ours.
        true => answer.with(HeaderName::from_static("content-security-policy"), SANDBOX),
        false => answer,
    };
    match wishes.filename.as_str() {
        "" => answer,
        name => answer.with(header::CONTENT_DISPOSITION, attachment(name)),
    }
}

fn may_hold_scripts(media_type: &str) -> bool {
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    kind == "text/html" || kind.ends_with("/xml") || kind.ends_with("+xml")
}

async fn body(
    delivery: &Delivery,
    parcel: &Parcel<'_>,
    part: Option<Range<u64>>,
) -> Result<Body, Error> {
    match delivery.originals.bucket().stream(&parcel.key, part).await {
        Ok((_, bytes)) => Ok(Body::from_stream(bytes)),
        Err(storage::Error::NotFound(_)) => Err(gone(parcel)),
        Err(error) => Err(error.into()),
    }
}

/// An asset that got the channel after it was brought in has no such bytes until it is brought in again.
fn gone(parcel: &Parcel<'_>) -> Error {
    match parcel.card.ingesting {
        true => Error::Missing(storage::Error::NotFound(parcel.key.clone())),
        false => Error::NoSuchAsset,
    }
}
