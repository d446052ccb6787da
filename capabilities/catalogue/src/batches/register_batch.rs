use std::collections::{HashMap, HashSet};

use model::AssetId;
use sea_orm::DatabaseTransaction;
use time::OffsetDateTime;

use crate::{
    Asset, Batch, Catalogue, Change, Error, JobId, Leftovers, NewAsset, Priority,
    assets::{
        asset_rows,
        change_asset::{blank, check_can_be_changed, merge, upload_of},
        channel_rules::ChannelRules,
    },
    batches::{batch, batch_members},
    database::query::{self, micros, moment},
    jobs::{
        enqueue::{self, Work, clean_up_job, supersede_all},
        new_job::{self, NewJob},
    },
    spaces::space_defaults::{self, SpaceDefaults},
    storage::storage_use::{self, Load},
};

impl Catalogue {
    /// Registers assets that belong together, all or none of them, and has each processed: in a few statements,
    /// however many they are.
    pub async fn register_batch(
        &self,
        customer: u32,
        new: &[NewAsset],
        priority: Priority,
        now: OffsetDateTime,
    ) -> Result<Batch, Error> {
        let now = moment(micros(now));
        let ids = ids_of(customer, new)?;
        loop {
            let change = self.database().begin().await?;
            let registered = register(&change, customer, (&ids, new), priority, now).await?;
            // Someone else was faster with one of them: it exists, and is to be changed.
            let Some((batch, superseded)) = registered else { continue };
            change.commit().await?;
            self.announce_all(&ids, &superseded);
            self.parts().bells.ring_queued();
            return Ok(batch);
        }
    }

    /// What [`Catalogue::register_batch`] would make of these assets; changes nothing.
    pub async fn check_batch(
        &self,
        customer: u32,
        new: &[NewAsset],
        now: OffsetDateTime,
    ) -> Result<BatchCheck, Error> {
        let ids = ids_of(customer, new)?;
        let change = self.database().begin().await?;
        let (drafts, faults) = draft(&change, customer, (&ids, new), moment(micros(now))).await?;
        change.rollback().await?;
        let unchanged = drafts.into_iter().filter(|draft| !draft.is_news());
        Ok(BatchCheck { faults, unchanged: unchanged.map(|draft| draft.after.id).collect() })
    }
}

/// Registers assets that belong together, in the transaction that needs it; says which jobs are no more. `None` if an asset
/// was made since we looked: then all of it is to be done again.
pub(crate) async fn register(
    change: &DatabaseTransaction,
    customer: u32,
    (ids, new): (&[AssetId], &[NewAsset]),
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Option<(Batch, Vec<JobId>)>, Error> {
    let (mut drafts, faults) = draft(change, customer, (ids, new), now).await?;
    if !faults.is_empty() {
        let fault = |(id, fault): (AssetId, String)| format!("{}/{}: {fault}", id.space, id.name());
        let faults: Vec<_> = faults.into_iter().map(fault).collect();
        return Err(Error::Invalid(faults.join(". ")));
    }
    write(change, customer, &mut drafts, priority, now).await
}

/// What is known of a batch before it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchCheck {
    /// What is wrong with an asset; each may have several faults.
    pub faults: Vec<(AssetId, String)>,
    /// Those that are already as they are asked for.
    pub unchanged: HashSet<AssetId>,
}

/// An asset as it was and as it is to be.
struct Draft {
    before: Option<Asset>,
    after: Asset,
}

impl Draft {
    /// Whatever failed is worth another try.
    fn is_news(&self) -> bool {
        self.before.as_ref() != Some(&self.after) || self.after.error.is_some()
    }
}

/// Of assets of one customer, none of which comes twice.
pub(crate) fn ids_of(customer: u32, new: &[NewAsset]) -> Result<Vec<AssetId>, Error> {
    let mut seen = HashSet::new();
    for NewAsset { id, .. } in new {
        if id.customer != customer || !seen.insert(id) {
            return Err(Error::Invalid(format!("{id} cannot be in this batch, or is in it twice")));
        }
    }
    Ok(new.iter().map(|new| new.id.clone()).collect())
}

/// What the request makes of the assets, and everything that is wrong with it.
async fn draft(
    change: &DatabaseTransaction,
    customer: u32,
    (ids, new): (&[AssetId], &[NewAsset]),
    now: OffsetDateTime,
) -> Result<(Vec<Draft>, Vec<(AssetId, String)>), Error> {
    let spaces = ids.iter().map(|id| id.space);
    let spaces = space_defaults::of_spaces(change, customer, spaces).await?;
    let rules = ChannelRules::of_customer(change, customer).await?;
    let mut existing = asset_rows::select_for_update(change, ids).await?;
    let (mut drafts, mut faults) = (Vec::with_capacity(new.len()), Vec::new());
    for new in new {
        let before = existing.remove(&new.id);
        match draft_one(before, new, &spaces, &rules, now) {
            Ok(draft) => drafts.push(draft),
            Err(Error::Invalid(fault)) => {
                faults.push((new.id.clone(), fault.trim_end_matches('.').to_owned()));
            }
            Err(error) => return Err(error),
        }
    }
    Ok((drafts, faults))
}

fn draft_one(
    before: Option<Asset>,
    new: &NewAsset,
    spaces: &HashMap<u32, SpaceDefaults>,
    rules: &ChannelRules,
    now: OffsetDateTime,
) -> Result<Draft, Error> {
    if let Some(before) = before {
        check_can_be_changed(&before)?;
        let after = merge(&before, &new.fields, rules)?;
        return Ok(Draft { before: Some(before), after });
    }
    let Some(space) = spaces.get(&new.id.space) else {
        return Err(Error::Invalid(format!("Target space {} does not exist", new.id.space)));
    };
    let Change::Set(media_type) = &new.fields.media_type else {
        return Err(Error::Invalid("Media type must be specified".into()));
    };
    let mut blank = blank(&new.id, media_type, now);
    space.give_to(&mut blank);
    let after = merge(&blank, &new.fields, rules)?;
    Ok(Draft { before: None, after })
}

/// Writes everything, in the order in which every change takes what it needs: assets, jobs, what is stored, batches.
/// `None` if an asset was made since we looked.
async fn write(
    change: &DatabaseTransaction,
    customer: u32,
    drafts: &mut [Draft],
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Option<(Batch, Vec<JobId>)>, Error> {
    let existing = drafts.iter().filter(|draft| draft.before.is_some());
    let existing: Vec<_> = existing.map(|draft| draft.after.id.clone()).collect();
    let superseded = supersede_all(change, &existing, now).await?;
    let batch = batch::open(change, (customer, priority), drafts.len(), now).await?;
    let (jobs, done) = plan(drafts, batch, priority, now);
    let is_new = |draft: &&Draft| draft.before.is_none();
    let new: Vec<_> = drafts.iter().filter(is_new).map(|draft| &draft.after).collect();
    if !asset_rows::insert_all(change, &new).await? {
        return Ok(None);
    }
    let changed = drafts.iter().filter_map(|draft| Some((draft.before.as_ref()?, &draft.after)));
    asset_rows::update_all(change, &changed.collect::<Vec<_>>()).await?;
    new_job::insert_all(change, &jobs, now).await?;
    batch_members::insert_all(change, batch, drafts.iter().map(|draft| &draft.after.id)).await?;
    // From here on the customer's other changes wait.
    let loads = drafts.iter().map(|draft| {
        let before = draft.before.as_ref().map(Load::of).unwrap_or_default();
        (draft.after.id.space, Load::of(&draft.after).minus(before))
    });
    storage_use::add_all(change, customer, loads, now).await?;
    if !new.is_empty() {
        let spaces = new.iter().map(|asset| asset.id.space);
        storage_use::check_images(change, customer, spaces).await?;
    }
    batch_members::end(change, &done, None, now).await?;
    let batch = batch::batch(change, customer, batch).await?;
    Ok(Some((batch.ok_or_else(|| query::unreadable("batch"))?, superseded)))
}

/// Decides what is to be done for each; returns the jobs, and the assets for which nothing is.
fn plan(
    drafts: &mut [Draft],
    batch: i64,
    priority: Priority,
    now: OffsetDateTime,
) -> (Vec<NewJob>, Vec<AssetId>) {
    let (mut jobs, mut done) = (Vec::new(), Vec::new());
    for Draft { before, after } in drafts {
        match enqueue::plan(after, priority, now) {
            Work::Job(job) => jobs.push(job),
            Work::Nothing(clean_up) => {
                jobs.extend(clean_up);
                done.push(after.id.clone());
            }
        }
        after.batch = Some(batch);
        after.modified = now;
        let upload = before.as_ref().and_then(upload_of);
        let uploads: Vec<_> =
            upload.filter(|key| upload_of(after).as_ref() != Some(key)).into_iter().collect();
        jobs.extend(clean_up_job(&after.id, Leftovers { uploads, ..Leftovers::default() }, now));
    }
    (jobs, done)
}
