//! How many assets are read and written at once: in a few statements, however many they are.

use std::collections::HashMap;

use model::AssetId;
use sea_orm::{ConnectionTrait, Value};

use crate::{
    Asset, Error,
    asset_row::{SELECT, fields, labels},
    database::{dialect::for_update, query},
};

/// Those that exist, which nobody else changes until this change has ended. Always locked in the same order, so
/// that two who change several never wait crosswise.
pub(crate) async fn select_for_update(
    change: &impl ConnectionTrait,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, Asset>, Error> {
    let mut ids: Vec<_> = ids.iter().collect();
    ids.sort_unstable();
    let lock = for_update(change);
    let mut found = HashMap::with_capacity(ids.len());
    for some in ids.chunks(query::ROWS) {
        let keys = query::key_marks(some.len());
        let sql = format!(
            "{SELECT} WHERE (customer, space, name) IN {keys} ORDER BY customer, space, name{lock}"
        );
        let values = some.iter().flat_map(|id| query::key_of(id));
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
    let mut inserted = 0;
    for (sql, values) in whole_rows(&sorted) {
        let sql = format!("{sql} ON CONFLICT (customer, space, name) DO NOTHING");
        inserted += query::run_or(change, &sql, values, no_space).await?;
    }
    if inserted < sorted.len() as u64 {
        return Ok(false);
    }
    insert_labels(change, &sorted).await?;
    Ok(true)
}

/// Writes assets that were read for update, each as it was and as it is to be.
pub(crate) async fn update_all(
    change: &impl ConnectionTrait,
    changed: &[(&Asset, &Asset)],
) -> Result<(), Error> {
    let changed: Vec<_> = changed.iter().filter(|(before, after)| before != after).collect();
    let after: Vec<_> = changed.iter().map(|(_, after)| *after).collect();
    for (sql, values) in whole_rows(&after) {
        let columns = after.first().map(|asset| fields(asset)).unwrap_or_default();
        let columns: Vec<_> =
            columns.iter().map(|(name, _)| format!("{name} = excluded.{name}")).collect();
        let columns = columns.join(", ");
        let sql = format!("{sql} ON CONFLICT (customer, space, name) DO UPDATE SET {columns}");
        query::run(change, &sql, values).await?;
    }
    let relabelled = changed.iter().filter(|(before, after)| labels(before).ne(labels(after)));
    let relabelled: Vec<_> = relabelled.map(|(_, after)| *after).collect();
    for some in relabelled.chunks(query::ROWS) {
        let keys = query::key_marks(some.len());
        let sql = format!("DELETE FROM asset_label WHERE (customer, space, name) IN {keys}");
        query::run(change, &sql, some.iter().flat_map(|asset| query::key_of(&asset.id))).await?;
    }
    insert_labels(change, &relabelled).await
}

fn whole_rows(assets: &[&Asset]) -> Vec<(String, Vec<Value>)> {
    let Some(first) = assets.first() else { return Vec::new() };
    let mut columns = vec!["customer", "space", "name"];
    columns.extend(fields(first).iter().map(|(name, _)| *name));
    let rows = assets.iter().map(|asset| {
        let mut row = query::key_of(&asset.id).to_vec();
        row.extend(fields(asset).into_iter().map(|(_, value)| value));
        row
    });
    query::insert_many("asset", &columns, rows.collect())
}

async fn insert_labels(change: &impl ConnectionTrait, assets: &[&Asset]) -> Result<(), Error> {
    let rows = assets.iter().flat_map(|asset| {
        labels(asset).map(|(kind, value)| {
            let mut row = query::key_of(&asset.id).to_vec();
            row.extend([kind.into(), value.into()]);
            row
        })
    });
    let columns = ["customer", "space", "name", "kind", "value"];
    for (sql, values) in query::insert_many("asset_label", &columns, rows.collect()) {
        query::run(change, &format!("{sql} ON CONFLICT DO NOTHING"), values).await?;
    }
    Ok(())
}
