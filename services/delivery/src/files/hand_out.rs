use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use catalogue::AssetCard;
use serde::Deserialize;
use storage::Located;

use super::send_object::send_object;
use crate::{
    access::{Asked, Decision, may_see},
    answer::Answer,
    delivery::Delivery,
    error::Error,
    headers::{Fingerprint, LastModified, attachment},
    image::asset_id,
    original_fault::OriginalFault,
    visit::Visit,
};

/// What may stand behind the address of bytes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wishes {
    /// The name under which they are to be kept.
    filename: String,
}

/// Bytes of an asset as they are stored, by us or by their owner.
pub(super) struct Parcel<'a> {
    pub(super) card: &'a AssetCard,
    pub(super) media_type: &'a str,
    /// What tells it from the other bytes of the asset.
    pub(super) name: &'a str,
    /// Who may not see the asset is not told why there is none.
    pub(super) object: Result<Located, OriginalFault>,
}

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");

/// Hands bytes out to who may have them, whole or in part, straight from the storage.
pub(super) async fn hand_out(
    delivery: &Delivery,
    visit: &Visit,
    parcel: Parcel<'_>,
    wishes: &Wishes,
) -> Result<Response, Error> {
    let decision = may_see(parcel.card, &visit.visitor, Asked::File);
    if decision == Decision::Refused {
        return Err(Error::Unauthorised);
    }
    let answer = answer(delivery, &parcel, decision, wishes);
    if answer.is_current_for(visit) {
        return Ok(answer.not_modified());
    }
    let object = parcel.object?;
    // What comes is compared with what was seen; only who wants nothing of it has to ask.
    let seen = object.bytes_when_seen().filter(|_| !visit.is_head);
    let sent = async {
        let whole = match seen {
            Some(bytes) => bytes,
            None => object.bytes().await?,
        };
        send_object(answer, visit, (&object, whole)).await
    };
    sent.await.map_err(|error| not_sent(parcel.card, &object, error))
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

fn not_sent(card: &AssetCard, object: &Located, error: storage::Error) -> Error {
    if !object.is_ours() {
        return OriginalFault::from(error).into();
    }
    match matches!(error, storage::Error::NotFound(_)) {
        true => gone(card, error),
        false => error.into(),
    }
}

/// An asset that got the channel after it was brought in has no such bytes until it is brought in again.
fn gone(card: &AssetCard, error: storage::Error) -> Error {
    match card.ingesting {
        true => Error::Missing(error),
        false => Error::NoSuchAsset,
    }
}
