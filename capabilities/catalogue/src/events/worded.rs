use model::Family;
use serde::Serialize;
use time::{OffsetDateTime, serde::rfc3339};

use crate::{Asset, AssetChannel, Batch, NewCustomer};

/// An asset in the DLCS's words, which are not those of its API.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AssetWorded<'a> {
    id: String,
    customer: u32,
    space: u32,
    #[serde(with = "rfc3339")]
    created: OffsetDateTime,
    origin: Option<&'a str>,
    tags: String,
    roles: String,
    reference1: &'a str,
    reference2: &'a str,
    reference3: &'a str,
    number_reference1: i64,
    number_reference2: i64,
    number_reference3: i64,
    max_unauthorised: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_full_max: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_width: Option<u32>,
    width: u32,
    height: u32,
    duration: u64,
    error: &'a str,
    batch: i64,
    #[serde(with = "rfc3339::option")]
    finished: Option<OffsetDateTime>,
    ingesting: bool,
    media_type: &'a str,
    family: Family,
    image_delivery_channels: &'a [AssetChannel],
    manifests: &'a [String],
    not_for_delivery: bool,
}

pub(super) fn asset(asset: &Asset) -> String {
    worded(&AssetWorded {
        id: asset.id.to_string(),
        customer: asset.id.customer,
        space: asset.id.space,
        created: asset.created,
        origin: asset.origin.as_ref().map(model::Origin::as_str),
        tags: asset.tags.join(","),
        roles: asset.roles.join(","),
        reference1: text(asset.string1.as_ref()),
        reference2: text(asset.string2.as_ref()),
        reference3: text(asset.string3.as_ref()),
        number_reference1: asset.number1,
        number_reference2: asset.number2,
        number_reference3: asset.number3,
        max_unauthorised: asset.max_unauthorised,
        open_full_max: asset.open_full_max,
        max_width: asset.max_width,
        width: asset.width,
        height: asset.height,
        duration: asset.duration,
        error: text(asset.error.as_ref()),
        batch: asset.batch.unwrap_or_default(),
        finished: asset.finished,
        ingesting: asset.ingesting,
        media_type: asset.media_type.as_str(),
        family: asset.family,
        image_delivery_channels: &asset.channels,
        manifests: &asset.manifests,
        not_for_delivery: asset.not_for_delivery,
    })
}

fn text(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// A batch as the DLCS words it now, and as it did before: a reader of either finds all that it knows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BatchWorded {
    id: i64,
    customer: u32,
    customer_id: u32,
    count: u64,
    total: u64,
    completed: u64,
    success: u64,
    errors: u64,
    superseded: bool,
    #[serde(with = "rfc3339")]
    submitted: OffsetDateTime,
    #[serde(with = "rfc3339")]
    started: OffsetDateTime,
    #[serde(with = "rfc3339::option")]
    finished: Option<OffsetDateTime>,
}

pub(super) fn batch(batch: &Batch) -> String {
    worded(&BatchWorded {
        id: batch.id,
        customer: batch.customer,
        customer_id: batch.customer,
        count: batch.count,
        total: batch.count,
        completed: batch.completed,
        success: batch.completed,
        errors: batch.errors,
        superseded: batch.superseded,
        submitted: batch.submitted,
        started: batch.submitted,
        finished: batch.finished,
    })
}

#[derive(Serialize)]
struct CustomerWorded<'a> {
    id: u32,
    name: &'a str,
}

pub(super) fn customer(id: u32, new: &NewCustomer) -> String {
    worded(&CustomerWorded { id, name: &new.name })
}

fn worded(thing: &impl Serialize) -> String {
    serde_json::to_string(thing).expect("numbers, texts and moments of this age become JSON")
}
