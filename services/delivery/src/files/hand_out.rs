use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use catalogue::AssetCard;
use serde::Deserialize;

use super::send_object::send_object;
use crate::{
    access::{Asked, Decision, may_see},
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

/// Bytes of an asset as they are stored.
pub(super) struct Parcel<'a> {
    pub(super) card: &'a AssetCard,
    pub(super) media_type: &'a str,
    /// What tells it from the other bytes of the asset.
    pub(super) name: &'a str,
    pub(super) key: String,
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");

/// Hands bytes out to who may have them, whole or in part, straight from the storage.
pub(super) async fn hand_out(
    delivery: &Delivery,
    visit: &Visit,
    parcel: &Parcel<'_>,
    wishes: &Wishes,
) -> Result<Response, Error> {
    let decision = may_see(parcel.card, &visit.visitor, Asked::File);
    if decision == Decision::Refused {
        return Err(Error::Unauthorised);
    }
    let answer = answer(delivery, parcel, decision, wishes);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let found = delivery.originals.bucket().head(&parcel.key).await?;
    let whole = found.ok_or_else(|| gone(parcel))?.bytes;
    match send_object(answer, visit, delivery.originals.bucket(), (&parcel.key, whole)).await {
        Err(storage::Error::NotFound(_)) => Err(gone(parcel)),
        sent => Ok(sent?),
    }
}

fn answer(delivery: &Delivery, parcel: &Parcel<'_>, decision: Decision, wishes: &Wishes) -> Answer {
    let Parcel { card, media_type, .. } = *parcel;
    let content_type = HeaderValue::try_from(media_type).unwrap_or(OCTETS);
    let etag = Fingerprint::NEW.of(parcel.name.as_bytes()).etag(card.version);
    let modified = LastModified::new(card.modified);
    let answer = Answer::new(&asset_id(&card.id), content_type, etag, &modified)
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

/// An asset that got the channel after it was brought in has no such bytes until it is brought in again.
fn gone(parcel: &Parcel<'_>) -> Error {
    match parcel.card.ingesting {
        true => Error::Missing(storage::Error::NotFound(parcel.key.clone())),
        false => Error::NoSuchAsset,
    }
}
