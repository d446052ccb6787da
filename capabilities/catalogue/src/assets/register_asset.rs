use model::AssetId;
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, AssetFields, Catalogue, Change, Error, JobId, Priority,
    assets::{
        asset_row,
        change_asset::{Processing, blank, change_asset, merged},
    },
    database::query::{micros, moment},
    jobs::enqueue::{self, Scheduled},
    spaces::space_defaults,
    storage::storage_use::{self, Load},
};

/// An asset to be registered, or registered again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsset {
    pub id: AssetId,
    pub fields: AssetFields,
}

/// An asset after a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    pub asset: Asset,
    pub created: bool,
    /// The job that processes it; none if its channels need no processing.
    pub job: Option<JobId>,
}

impl Catalogue {
    /// Makes an asset or merges into it what the request says, and has it processed in any case.
    pub async fn register_asset(
        &self,
        new: &NewAsset,
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<Registered, Error> {
        let now = moment(micros(now));
        loop {
            let change = self.database().begin().await?;
            let existing = asset_row::select_for_update(&change, &new.id).await?;
            let created = existing.is_none();
            let registered = match existing {
                Some(before) => {
                    let always = (Processing::Always, priority);
                    Some(change_asset(&change, &before, &new.fields, always, now).await?)
                }
                None => create(&change, new, priority, now).await?,
            };
            // Someone else may have been faster: then it exists, and is to be changed.
            let Some((asset, scheduled)) = registered else { continue };
            change.commit().await?;
            self.announce(&new.id, &scheduled);
            return Ok(Registered { asset, created, job: scheduled.job });
        }
    }
}

/// Makes the asset; `None` if it was made since we looked.
async fn create(
    change: &impl ConnectionTrait,
    new: &NewAsset,
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Option<(Asset, Scheduled)>, Error> {
    new.fields.expected.check(None)?;
    let Change::Set(media_type) = &new.fields.media_type else {
        return Err(Error::Invalid("Media type must be specified".into()));
    };
    let mut blank = blank(&new.id, media_type, now);
    let spaces = space_defaults::of_spaces(change, new.id.customer, [new.id.space]).await?;
    if let Some(space) = spaces.get(&new.id.space) {
        space.give_to(&mut blank);
    }
    let mut asset = merged(change, &blank, &new.fields).await?;
    let prepared = enqueue::prepare(change, &mut asset, priority, now).await?;
    if !asset_row::insert(change, &asset).await? {
        return Ok(None);
    }
    let scheduled = prepared.queue(change, now).await?;
    storage_use::add(change, (new.id.customer, new.id.space), Load::of(&asset), now).await?;
    storage_use::check_images(change, new.id.customer, [new.id.space]).await?;
    Ok(Some((asset, scheduled)))
}
