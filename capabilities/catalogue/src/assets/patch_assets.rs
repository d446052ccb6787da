use std::collections::HashMap;

use model::AssetId;
use time::OffsetDateTime;

use crate::{
    Asset, Catalogue, Error, NewAsset,
    assets::{
        asset_rows,
        change_asset::{check_can_be_changed, is_made_differently, merge},
        channel_rules::ChannelRules,
    },
    database::query::{micros, moment},
};

/// A change of the same list of many assets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPatch {
    pub property: ListProperty,
    pub operation: ListOperation,
    pub values: Vec<String>,
}

/// The properties of an asset that are lists of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListProperty {
    Manifests,
    Tags,
    Roles,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOperation {
    /// Appends what is not there yet.
    Add,
    Remove,
    Replace,
}

impl Catalogue {
    /// Changes many assets, each in its own way, all or none; none is processed again. Those that don't exist are
    /// passed over; returns the others, in the order of the request.
    pub async fn patch_assets(
        &self,
        patches: &[NewAsset],
        now: OffsetDateTime,
    ) -> Result<Vec<Asset>, Error> {
        let ids: Vec<_> = patches.iter().map(|patch| patch.id.clone()).collect();
        let patches: HashMap<_, _> = patches.iter().map(|it| (&it.id, &it.fields)).collect();
        let rules = ChannelRules::default();
        self.change_all(&ids, now, |before| match patches.get(&before.id) {
            Some(fields) => merge(before, fields, &rules),
            None => Ok(before.clone()),
        })
        .await
    }

    /// Changes one list of many assets in the same way, all or none; the rest as [`Catalogue::patch_assets`].
    pub async fn patch_lists(
        &self,
        ids: &[AssetId],
        patch: &ListPatch,
        now: OffsetDateTime,
    ) -> Result<Vec<Asset>, Error> {
        self.change_all(ids, now, |before| {
            let mut after = before.clone();
            patch.apply(&mut after);
            Ok(after)
        })
        .await
    }

    async fn change_all(
        &self,
        ids: &[AssetId],
        now: OffsetDateTime,
        change_one: impl Fn(&Asset) -> Result<Asset, Error>,
    ) -> Result<Vec<Asset>, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let found = asset_rows::select_for_update(&change, ids).await?;
        let mut changed = Vec::with_capacity(found.len());
        for before in ids.iter().filter_map(|id| found.get(id)) {
            check_can_be_changed(before)?;
            let mut after = change_one(before)?;
            if is_made_differently(before, &after) {
                let text = format!("{}: this would have to be processed again", before.id);
                return Err(Error::Invalid(text));
            }
            if after != *before {
                after.modified = now;
            }
            changed.push((before, after));
        }
        let pairs: Vec<_> = changed.iter().map(|(before, after)| (*before, after)).collect();
        asset_rows::update_all(&change, &pairs).await?;
        change.commit().await?;
        self.announce_all(ids, &[]);
        Ok(changed.into_iter().map(|(_, after)| after).collect())
    }
}

impl ListPatch {
    fn apply(&self, asset: &mut Asset) {
        let list = match self.property {
            ListProperty::Manifests => &mut asset.manifests,
            ListProperty::Tags => &mut asset.tags,
            ListProperty::Roles => &mut asset.roles,
        };
        match self.operation {
            ListOperation::Add => {
                for value in &self.values {
                    if !list.contains(value) {
                        list.push(value.clone());
                    }
                }
            }
            ListOperation::Remove => list.retain(|value| !self.values.contains(value)),
            ListOperation::Replace => list.clone_from(&self.values),
        }
    }
}
