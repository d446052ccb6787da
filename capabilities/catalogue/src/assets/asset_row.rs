//! How an asset lies in its row.

use model::{AssetId, Family};
use sea_orm::{ConnectionTrait, Value};
use serde::Serialize;

use crate::{
    Asset, AtOrigin, Error, KeptObject, Recording,
    assets::asset_labels,
    database::{
        dialect::for_update,
        query::{self, Record, Row, micros, whole},
    },
    events::outbox,
};

/// Every column by name: a statement prepared before a migration must still fit after it.
pub(crate) const SELECT: &str =
    "SELECT customer, space, name, version, pending, origin, media_type,
    family, channels, roles, tags, manifests, max_unauthorised, open_full_max, max_width,
    string1, string2, string3, number1, number2, number3, width, height, duration, gray,
    thumbnails, source_bytes, stored_bytes, thumbnail_bytes, created, modified, finished,
    ingesting, error, batch, not_for_delivery, kept, recording, objects, at_origin
    FROM asset";

const BY_ID: &str = "customer = $1 AND space = $2 AND name = $3";

/// One asset; `lock` is what [`for_update`] gives, or nothing.
pub(crate) async fn select(
    database: &impl ConnectionTrait,
    id: &AssetId,
    lock: &str,
) -> Result<Option<Asset>, Error> {
    query::one(database, &format!("{SELECT} WHERE {BY_ID}{lock}"), query::key_of(id)).await
}

/// One asset, which nobody else changes until this change has ended.
pub(crate) async fn select_for_update(
    change: &impl ConnectionTrait,
    id: &AssetId,
) -> Result<Option<Asset>, Error> {
    select(change, id, for_update(change)).await
}

/// Returns `false` if there is such an asset already; waits for whoever is just making it.
pub(crate) async fn insert(change: &impl ConnectionTrait, asset: &Asset) -> Result<bool, Error> {
    let mut fields = fields(asset);
    let [customer, space, name] = query::key_of(&asset.id);
    fields.extend([("customer", customer), ("space", space), ("name", name)]);
    let (sql, values) = query::insert("asset", fields);
    let sql = format!("{sql} ON CONFLICT (customer, space, name) DO NOTHING");
    let no_space = |_| Error::Invalid(format!("Target space {} does not exist", asset.id.space));
    let inserted = query::run_or(change, &sql, values, no_space).await?;
    if inserted > 0 {
        asset_labels::change_all(change, [(None, Some(asset))]).await?;
        outbox::tell_of_assets(change, [(None, Some(asset))], asset.modified).await?;
    }
    Ok(inserted > 0)
}

/// Writes everything that differs from what was there before.
pub(crate) async fn update(
    change: &impl ConnectionTrait,
    before: &Asset,
    after: &Asset,
) -> Result<(), Error> {
    let changed = fields(before).into_iter().zip(fields(after));
    let changed: Vec<_> = changed.filter_map(|(old, new)| (old != new).then_some(new)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let numbered = changed.iter().zip(4..);
    let assignments: Vec<_> = numbered.map(|((name, _), n)| format!("{name} = ${n}")).collect();
    let sql = format!("UPDATE asset SET {} WHERE {BY_ID}", assignments.join(", "));
    let values = changed.into_iter().map(|(_, value)| value);
    query::run(change, &sql, query::key_of(&after.id).into_iter().chain(values)).await?;
    asset_labels::change_all(change, [(Some(before), Some(after))]).await?;
    outbox::tell_of_assets(change, [(Some(before), Some(after))], after.modified).await
}

/// Every column that can change.
pub(crate) fn fields(asset: &Asset) -> Vec<(&'static str, Value)> {
    vec![
        ("version", whole(asset.version).into()),
        ("pending", asset.pending.map(whole).into()),
        ("origin", asset.origin.as_ref().map(|origin| origin.as_str().to_owned()).into()),
        ("media_type", asset.media_type.as_str().into()),
        ("family", asset.family.as_str().into()),
        ("channels", json(&asset.channels)),
        ("roles", json(&asset.roles)),
        ("tags", json(&asset.tags)),
        ("manifests", json(&asset.manifests)),
        ("max_unauthorised", i64::from(asset.max_unauthorised).into()),
        ("open_full_max", asset.open_full_max.map(i64::from).into()),
        ("max_width", asset.max_width.map(i64::from).into()),
        ("string1", asset.string1.clone().into()),
        ("string2", asset.string2.clone().into()),
        ("string3", asset.string3.clone().into()),
        ("number1", asset.number1.into()),
        ("number2", asset.number2.into()),
        ("number3", asset.number3.into()),
        ("width", i64::from(asset.width).into()),
        ("height", i64::from(asset.height).into()),
        ("duration", whole(asset.duration).into()),
        ("gray", asset.gray.into()),
        ("thumbnails", json(&asset.thumbnails)),
        ("source_bytes", whole(asset.source_bytes).into()),
        ("stored_bytes", whole(asset.stored_bytes).into()),
        ("thumbnail_bytes", whole(asset.thumbnail_bytes).into()),
        ("created", micros(asset.created).into()),
        ("modified", micros(asset.modified).into()),
        ("finished", asset.finished.map(micros).into()),
        ("ingesting", asset.ingesting.into()),
        ("error", asset.error.clone().into()),
        ("batch", asset.batch.into()),
        ("not_for_delivery", asset.not_for_delivery.into()),
        ("kept", asset.kept.as_ref().map(ToString::to_string).into()),
        ("recording", asset.recording.column().into()),
        ("objects", KeptObject::column(&asset.objects).into()),
        ("at_origin", asset.at_origin.as_ref().map(AtOrigin::column).into()),
    ]
}

fn json(list: &impl Serialize) -> Value {
    serde_json::to_string(list).expect("lists of text and numbers become JSON").into()
}

pub(crate) fn family(text: &str) -> Result<Family, Error> {
    let families = [Family::Image, Family::TimeBased, Family::File];
    let family = families.into_iter().find(|family| family.as_str() == text);
    family.ok_or_else(|| query::unreadable("family"))
}

impl Record for Asset {
    fn read(row: &Row) -> Result<Self, Error> {
        let origin = row.optional_text("origin")?;
        let origin = origin.map(|text| text.parse().map_err(|_| query::unreadable("origin")));
        Ok(Self {
            id: row.asset_id()?,
            version: row.number("version")?,
            pending: row.optional_number("pending")?,
            origin: origin.transpose()?,
            media_type: row.parsed("media_type")?,
            family: family(&row.text("family")?)?,
            channels: row.json("channels")?,
            roles: row.json("roles")?,
            tags: row.json("tags")?,
            manifests: row.json("manifests")?,
            max_unauthorised: row.number("max_unauthorised")?,
            open_full_max: row.optional_number("open_full_max")?,
            max_width: row.optional_number("max_width")?,
            string1: row.optional_text("string1")?,
            string2: row.optional_text("string2")?,
            string3: row.optional_text("string3")?,
            number1: row.number("number1")?,
            number2: row.number("number2")?,
            number3: row.number("number3")?,
            width: row.number("width")?,
            height: row.number("height")?,
            duration: row.number("duration")?,
            gray: row.flag("gray")?,
            thumbnails: row.json("thumbnails")?,
            source_bytes: row.number("source_bytes")?,
            stored_bytes: row.number("stored_bytes")?,
            thumbnail_bytes: row.number("thumbnail_bytes")?,
            created: row.moment("created")?,
            modified: row.moment("modified")?,
            finished: row.optional_moment("finished")?,
            ingesting: row.flag("ingesting")?,
            error: row.optional_text("error")?,
            batch: row.optional_number("batch")?,
            not_for_delivery: row.flag("not_for_delivery")?,
            kept: row.optional_text("kept")?.map(|text| text.parse()).transpose()?,
            recording: Recording::read(row)?,
            objects: KeptObject::read(row)?,
            at_origin: AtOrigin::read(row)?,
        })
    }
}
