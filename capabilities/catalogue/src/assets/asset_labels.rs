//! The index of the roles, tags and manifests of assets: a row for each, which changes with the asset.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, Value};

use crate::{
    Asset, Error,
    database::{many, query::key_of},
};

const COLUMNS: [&str; 5] = ["customer", "space", "name", "kind", "value"];

/// Brings the index up to date with assets as they were (`None`: just made) and as they are now (`None`: deleted).
pub(crate) async fn change_all<'a>(
    change: &impl ConnectionTrait,
    assets: impl IntoIterator<Item = (Option<&'a Asset>, Option<&'a Asset>)>,
) -> Result<(), Error> {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for (before, after) in assets {
        let (old, now) = (labels(before), labels(after));
        gone.extend(before.iter().flat_map(|asset| rows(asset, old.difference(&now))));
        new.extend(after.iter().flat_map(|asset| rows(asset, now.difference(&old))));
    }
    many::run_all(change, many::delete_many("asset_label", &COLUMNS, &gone)).await?;
    many::run_all(change, many::insert_many("asset_label", &COLUMNS, &new)).await
}

type Label<'a> = (&'static str, &'a str);

fn labels(asset: Option<&Asset>) -> BTreeSet<Label<'_>> {
    let Some(Asset { roles, tags, manifests, .. }) = asset else { return BTreeSet::new() };
    let lists = [("role", roles), ("tag", tags), ("manifest", manifests)];
    let labels = lists
        .into_iter()
        .flat_map(|(kind, values)| values.iter().map(move |value| (kind, value.as_str())));
    labels.collect()
}

fn rows<'a>(
    asset: &Asset,
    labels: impl Iterator<Item = &'a Label<'a>>,
) -> impl Iterator<Item = Vec<Value>> {
    labels.map(|(kind, value)| {
        let mut row = key_of(&asset.id).to_vec();
        row.extend([Value::from(*kind), Value::from(*value)]);
        row
    })
}
