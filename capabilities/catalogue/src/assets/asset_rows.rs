//! How many assets are read and written at once: in a few statements, however many they are.

use std::collections::HashMap;

use model::AssetId;
use sea_orm::ConnectionTrait;

use crate::{
    Asset, Error,
    assets::{
        asset_labels,
        asset_row::{SELECT, fields},
    },
    database::{dialect::for_update, many, query},
    events::outbox,
};

/// Those that exist, which nobody else changes until this change has ended. Always locked in the same order, so
/// that two who change several never wait crosswise.
pub(crate) async fn select_for_update(
    change: &impl ConnectionTrait,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, Asset>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    let lock = for_update(change);
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(many::ROWS) {
        let (among, values) = many::among(some);
        let sql = format!("{SELECT} WHERE {among} ORDER BY customer, space, name{lock}");
        let assets: Vec<Asset> = query::all(change, &sql, values).await?;
        found.extend(assets.into_iter().map(|asset| (asset.id.clone(), asset)));
    }
    Ok(found)
}

/// Returns `false` if one of them exists already, and the change must begin anew.
pub(crate) async fn insert_all(
    change: &impl ConnectionTrait,
    assets: &[&Asset],
) -> Result<bool, Error> {
    let mut sorted = assets.to_vec();
    sorted.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    let no_space = |_| Error::Invalid("one of the spaces was deleted in the meantime".into());
    let columns = sorted.first().map(|asset| fields(asset)).unwrap_or_default();
    let columns: Vec<_> =
        query::KEY.into_iter().chain(columns.iter().map(|(name, _)| *name)).collect();
    let rows = sorted.iter().map(|asset| {
        let fields = fields(asset).into_iter().map(|(_, value)| value);
        query::key_of(&asset.id).into_iter().chain(fields).collect()
    });
    let mut inserted = 0;
    for (sql, values) in many::insert_many("asset", &columns, &rows.collect::<Vec<_>>()) {
        let sql = format!("{sql} ON CONFLICT (customer, space, name) DO NOTHING");
        inserted += query::run_or(change, &sql, values, no_space).await?;
    }
    if inserted < sorted.len() as u64 {
        return Ok(false);
    }
    let made = || sorted.iter().map(|asset| (None, Some(*asset)));
    asset_labels::change_all(change, made()).await?;
    if let Some(first) = sorted.first() {
        outbox::tell_of_assets(change, made(), first.modified).await?;
    }
    Ok(true)
}

/// Writes assets that were read for update, each as it was and as it is to be: the columns in which one of them
/// differs.
pub(crate) async fn update_all(
    change: &impl ConnectionTrait,
    changed: &[(&Asset, &Asset)],
) -> Result<(), Error> {
    let changed: Vec<_> = changed.iter().filter(|(before, after)| before != after).collect();
    let fields: Vec<_> =
        changed.iter().map(|(before, after)| (fields(before), fields(after))).collect();
    let width = fields.first().map_or(0, |(_, after)| after.len());
    let differs = |place: &usize| fields.iter().any(|(old, new)| old[*place] != new[*place]);
    let places: Vec<_> = (0..width).filter(differs).collect();
    let columns: Vec<_> = places.iter().map(|place| fields[0].1[*place].0).collect();
    let rows = changed.iter().zip(&fields).map(|((_, asset), (_, after))| {
        let written = places.iter().map(|place| after[*place].1.clone());
        query::key_of(&asset.id).into_iter().chain(written).collect()
    });
    let rows: Vec<_> = rows.collect();
    many::run_all(change, many::update_many("asset", &query::KEY, &columns, &rows)).await?;
    let pairs = || changed.iter().map(|(before, after)| (Some(*before), Some(*after)));
    asset_labels::change_all(change, pairs()).await?;
    match changed.first() {
        Some((_, first)) => outbox::tell_of_assets(change, pairs(), first.modified).await,
        None => Ok(()),
    }
}
