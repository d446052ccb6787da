use std::{ops::Range, sync::Arc};

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use catalogue::AssetCard;
use model::DeliveryChannel;
use serde::Deserialize;
use storage::keys;

use super::part::Part;
use crate::{
    access::{Asked, Decision, may_see},
    answer::Answer,
    asset_path::AssetPath,
    delivery::Delivery,
    error::Error,
    headers::{Fingerprint, LastModified, attachment},
    image::asset_id,
    visit::Visit,
};

/// What may stand behind the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wishes {
    /// The name under which it is to be kept.
    filename: String,
}

/// `GET /file/{customer}/{space}/{name}[?filename=…]`: the asset as it came, or a part of it.
#[tracing::instrument(level = "debug", skip_all, fields(path = uri.path()))]
pub(crate) async fn get_file(
    State(delivery): State<Arc<Delivery>>,
    Query(wishes): Query<Wishes>,
    uri: Uri,
    visit: Visit,
) -> Result<Response, Error> {
    let path = AssetPath::parse(uri.path())?;
    let id = delivery.asset_id(&path, path.below).await?;
    let card = delivery.card(&id).await?;
    if !card.is_ready() || !card.has_channel(DeliveryChannel::File) {
        return Err(Error::NoSuchAsset);
    }
    let decision = may_see(&card, &visit.visitor, Asked::File);
    if decision == Decision::Refused {
        return Err(Error::Unauthorised);
    }
    let answer = answer(&delivery, &card, decision, &wishes);
    if answer.is_current_for(&visit) {
        return Ok(answer.not_modified());
    }
    let (kept, version) = card.kept_at();
    let key = keys::original(kept, version);
    let found = delivery.originals.bucket().head(&key).await?;
    let whole = found.ok_or_else(|| gone(&card, &key))?.bytes;
    if visit.is_head {
        return Ok(answer.without_body(Some(whole)));
    }
    match Part::of(answer.range(&visit), whole) {
        Part::Whole => {
            let body = body(&delivery, &card, &key, None).await?;
            Ok(answer.with(header::CONTENT_LENGTH, whole.into()).with_body(body))
        }
        Part::Bytes(part) => {
            let body = body(&delivery, &card, &key, Some(part.clone())).await?;
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

const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
const BYTES: HeaderValue = HeaderValue::from_static("bytes");
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");

fn answer(delivery: &Delivery, card: &AssetCard, decision: Decision, wishes: &Wishes) -> Answer {
    let media_type = card.media_type.as_str();
    let content_type = HeaderValue::try_from(media_type).unwrap_or(OCTETS);
    let etag = Fingerprint::NEW.of(b"file").etag(card.version);
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
    card: &AssetCard,
    key: &str,
    part: Option<Range<u64>>,
) -> Result<Body, Error> {
    match delivery.originals.bucket().stream(key, part).await {
        Ok((_, bytes)) => Ok(Body::from_stream(bytes)),
        Err(storage::Error::NotFound(_)) => Err(gone(card, key)),
        Err(error) => Err(error.into()),
    }
}

/// An asset that got the channel after it was brought in has no file until it is brought in again.
fn gone(card: &AssetCard, key: &str) -> Error {
    match card.ingesting {
        true => Error::Missing(storage::Error::NotFound(key.to_owned())),
        false => Error::NoSuchAsset,
    }
}
