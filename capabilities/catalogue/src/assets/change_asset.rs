//! What registering, patching and reingesting have in common: a record, and what a request says.

use std::slice;

use model::{Family, MediaType, Origin};
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, AssetFields, Catalogue, Change, ChannelChoice, Error, JobId, Leftovers, Priority,
    Recording,
    assets::{
        asset_row,
        channel_rules::{ChannelRules, check_suits},
    },
    batches::batch_members,
    jobs::enqueue::{self, Scheduled, clean_up},
    storage::storage_use::{self, Load},
};

/// When an asset is processed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Processing {
    Always,
    /// If something changes that its derivatives depend on.
    IfItMatters,
}

/// Changes an asset that was read for update, in its row and in all that depends on it.
pub(crate) async fn change_asset(
    change: &impl ConnectionTrait,
    before: &Asset,
    fields: &AssetFields,
    (processing, priority): (Processing, Priority),
    now: OffsetDateTime,
) -> Result<(Asset, Scheduled), Error> {
    check_can_be_changed(before)?;
    fields.expected.check(Some(before.modified))?;
    let mut after = merged(change, before, fields).await?;
    let mut scheduled = Scheduled::default();
    let mut is_done = false;
    if processing == Processing::Always || is_made_differently(before, &after) {
        scheduled = enqueue::process(change, &mut after, priority, now).await?;
        is_done = scheduled.job.is_none();
    }
    if after != *before {
        after.modified = now;
    }
    asset_row::update(change, before, &after).await?;
    let more = Load::of(&after).minus(Load::of(before));
    storage_use::add(change, (after.id.customer, after.id.space), more, now).await?;
    let uploads = upload_of(before).filter(|_| upload_of(before) != upload_of(&after));
    let uploads = uploads.into_iter().collect();
    clean_up(change, &after.id, Leftovers { uploads, ..Leftovers::default() }, now).await?;
    if is_done {
        batch_members::end(change, slice::from_ref(&after.id), None, now).await?;
    }
    Ok((after, scheduled))
}

pub(crate) fn check_can_be_changed(asset: &Asset) -> Result<(), Error> {
    if asset.not_for_delivery {
        let text = "Cannot use API to modify a NotForDelivery asset.";
        return Err(Error::Invalid(text.into()));
    }
    Ok(())
}

/// The asset with what the request says, if that makes sense together.
pub(crate) async fn merged(
    change: &impl ConnectionTrait,
    before: &Asset,
    fields: &AssetFields,
) -> Result<Asset, Error> {
    let rules = match choice(before, fields) {
        Some(_) => ChannelRules::of_customer(change, before.id.customer).await?,
        None => ChannelRules::default(),
    };
    merge(before, fields, &rules)
}

/// As [`merged`], with rules that were read before.
pub(crate) fn merge(
    before: &Asset,
    fields: &AssetFields,
    rules: &ChannelRules,
) -> Result<Asset, Error> {
    let mut after = before.clone();
    fields.apply(&mut after);
    if fields.media_type == Change::Clear {
        return Err(Error::Invalid("Media type must be specified".into()));
    }
    if after.origin.is_none() {
        return Err(Error::Invalid("Asset Origin must be supplied.".into()));
    }
    match choice(before, fields) {
        Some(choice) => after.channels = rules.choose(&after.id, &after.media_type, choice)?,
        None => check_suits(&after.channels, &after.media_type)?,
    }
    check_limits(&after)?;
    after.family = family(&after);
    Ok(after)
}

/// The channels that have to be chosen, if the asset doesn't keep its own.
fn choice<'a>(before: &Asset, fields: &'a AssetFields) -> Option<&'a ChannelChoice> {
    match &fields.channels {
        Change::Set(choice) => Some(choice),
        Change::Keep | Change::Clear if before.channels.is_empty() => {
            Some(&ChannelChoice::Defaults)
        }
        Change::Keep | Change::Clear => None,
    }
}

pub(crate) fn family(asset: &Asset) -> Family {
    let channels: Vec<_> = asset.channels.iter().map(|own| own.channel).collect();
    Family::of(&asset.media_type, &channels)
}

impl AssetFields {
    fn apply(&self, asset: &mut Asset) {
        self.origin.apply_optional(&mut asset.origin);
        if let Change::Set(media_type) = &self.media_type {
            asset.media_type.clone_from(media_type);
        }
        self.roles.apply(&mut asset.roles);
        self.tags.apply(&mut asset.tags);
        self.manifests.apply(&mut asset.manifests);
        self.max_unauthorised.apply_or(&mut asset.max_unauthorised, -1);
        self.open_full_max.apply_optional(&mut asset.open_full_max);
        self.max_width.apply_optional(&mut asset.max_width);
        self.string1.apply_optional(&mut asset.string1);
        self.string2.apply_optional(&mut asset.string2);
        self.string3.apply_optional(&mut asset.string3);
        self.number1.apply(&mut asset.number1);
        self.number2.apply(&mut asset.number2);
        self.number3.apply(&mut asset.number3);
    }
}

/// The old way of limiting the size and the new one exclude each other.
fn check_limits(asset: &Asset) -> Result<(), Error> {
    if asset.max_unauthorised < -1 {
        return Err(Error::Invalid("'maxUnauthorised' must be -1, 0 or a size in pixels".into()));
    }
    let is_new = asset.max_width.is_some() || asset.open_full_max.is_some();
    if asset.max_unauthorised >= 0 && is_new {
        let text = "'maxUnauthorised' cannot be combined with 'maxWidth' or 'openFullMax'";
        return Err(Error::Invalid(text.into()));
    }
    Ok(())
}

/// Do the derivatives depend on what changed?
pub(crate) fn is_made_differently(before: &Asset, after: &Asset) -> bool {
    let channels = |asset: &Asset| {
        let mut channels = asset.channels.clone();
        channels.sort_by_key(|own| own.channel);
        channels
    };
    before.origin != after.origin
        || before.max_width != after.max_width
        || before.open_full_max != after.open_full_max
        || before.max_unauthorised != after.max_unauthorised
        || channels(before) != channels(after)
}

pub(crate) fn upload_of(asset: &Asset) -> Option<String> {
    asset.origin.as_ref().and_then(Origin::upload_key).map(str::to_owned)
}

impl Catalogue {
    /// Tells this process of a change that was committed.
    pub(crate) fn announce(&self, asset: &model::AssetId, scheduled: &Scheduled) {
        self.announce_all(slice::from_ref(asset), &scheduled.superseded);
        if scheduled.job.is_some() {
            self.parts().bells.ring_queued();
        }
    }

    /// The same of many assets.
    pub(crate) fn announce_all(&self, assets: &[model::AssetId], superseded: &[JobId]) {
        let parts = self.parts();
        assets.iter().for_each(|asset| parts.note_change(asset));
        superseded.iter().for_each(|job| parts.bells.ring_ended(*job));
    }
}

/// An asset of which nothing is known yet but what it is.
pub(crate) fn blank(id: &model::AssetId, media_type: &MediaType, now: OffsetDateTime) -> Asset {
    Asset {
        id: id.clone(),
        version: 0,
        pending: None,
        origin: None,
        media_type: media_type.clone(),
        family: Family::of(media_type, &[]),
        channels: Vec::new(),
        roles: Vec::new(),
        tags: Vec::new(),
        manifests: Vec::new(),
        max_unauthorised: -1,
        open_full_max: None,
        max_width: None,
        string1: None,
        string2: None,
        string3: None,
        number1: 0,
        number2: 0,
        number3: 0,
        width: 0,
        height: 0,
        duration: 0,
        gray: false,
        thumbnails: Vec::new(),
        source_bytes: 0,
        stored_bytes: 0,
        thumbnail_bytes: 0,
        created: now,
        modified: now,
        finished: None,
        ingesting: false,
        error: None,
        batch: None,
        not_for_delivery: false,
        kept: None,
        recording: Recording::default(),
        objects: Vec::new(),
        at_origin: None,
    }
}
