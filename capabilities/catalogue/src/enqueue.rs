use std::time::Duration;

use model::{AssetId, DeliveryChannel};
use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Asset, Error, JobId, JobKind, Leftovers, Priority,
    database::query::{self, Record, Row, micros},
};

/// For so long another process may deliver a version that was replaced or deleted (it reads cards
/// again after ten seconds at most), so its bytes stay.
const UNTIL_FORGOTTEN: Duration = Duration::from_secs(15);

/// A worker may go on with a job that was taken from it until its heart beats next, which is before
/// the lease ends; and then it takes a moment to stop.
const UNTIL_STOPPED: Duration = Duration::from_secs(60);

const INGEST_ATTEMPTS: i64 = 5;
const CLEAN_UP_ATTEMPTS: i64 = 20;

/// What became of the jobs of an asset, and what they leave behind.
#[derive(Default)]
pub(crate) struct Scheduled {
    pub(crate) job: Option<JobId>,
    /// Jobs that no longer exist: whoever waits for them must be told.
    pub(crate) superseded: Vec<JobId>,
}

/// Has an asset processed as it now is, in place of whatever was to be done for it before.
pub(crate) async fn process(
    change: &impl ConnectionTrait,
    asset: &mut Asset,
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Scheduled, Error> {
    let superseded = supersede(change, &asset.id, now).await?;
    asset.error = None;
    asset.batch = None;
    let Some(kind) = kind_for(asset) else {
        let old = stop_delivering(asset, now);
        clean_up(change, &asset.id, Leftovers { versions: old, ..Leftovers::default() }, now)
            .await?;
        return Ok(Scheduled { job: None, superseded });
    };
    let version = next_version(asset, now);
    asset.pending = Some(version);
    asset.ingesting = true;
    let job = [kind.as_str().into(), priority.rank().into(), micros(now).into()];
    let job = insert(change, &asset.id, job, (version, None, INGEST_ATTEMPTS), now).await?;
    Ok(Scheduled { job: Some(job), superseded })
}

/// Takes away whatever was to be done for an asset, finished or not, and what was half done.
pub(crate) async fn supersede(
    change: &impl ConnectionTrait,
    id: &AssetId,
    now: OffsetDateTime,
) -> Result<Vec<JobId>, Error> {
    let sql = "DELETE FROM job WHERE customer = $1 AND space = $2 AND name = $3 AND kind <> $4
               RETURNING id, version, attempts, dead, due";
    let values = query::key_of(id).into_iter().chain([JobKind::CleanUp.as_str().into()]);
    let superseded: Vec<Superseded> = query::all(change, sql, values).await?;
    // One that was given up has been cleaned up, one that was never begun has left nothing.
    for job in superseded.iter().filter(|job| job.attempts > 0 && !job.dead) {
        let leftovers = Leftovers { versions: vec![job.version], ..Leftovers::default() };
        clean_up_from(change, id, leftovers, job.lease_until.max(now) + UNTIL_STOPPED, now).await?;
    }
    Ok(superseded.into_iter().map(|job| job.id).collect())
}

/// Has removed what nobody needs any more, when nobody can still be using it.
pub(crate) async fn clean_up(
    change: &impl ConnectionTrait,
    id: &AssetId,
    leftovers: Leftovers,
    now: OffsetDateTime,
) -> Result<(), Error> {
    clean_up_from(change, id, leftovers, now + UNTIL_FORGOTTEN, now).await
}

async fn clean_up_from(
    change: &impl ConnectionTrait,
    id: &AssetId,
    leftovers: Leftovers,
    due: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<(), Error> {
    if leftovers == Leftovers::default() {
        return Ok(());
    }
    let leftovers = serde_json::to_string(&leftovers).expect("numbers and keys become JSON");
    let (kind, priority) = (JobKind::CleanUp.as_str(), Priority::Background.rank());
    let job = [kind.into(), priority.into(), micros(due).into()];
    insert(change, id, job, (0, Some(leftovers), CLEAN_UP_ATTEMPTS), now).await?;
    Ok(())
}

async fn insert(
    change: &impl ConnectionTrait,
    id: &AssetId,
    kind_priority_due: [Value; 3],
    (version, leftovers, max_attempts): (u64, Option<String>, i64),
    now: OffsetDateTime,
) -> Result<JobId, Error> {
    let sql = "INSERT INTO job (customer, space, name, kind, priority, due, version, leftovers,
               max_attempts, created, attempts, dead)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, FALSE) RETURNING id";
    let version = i64::try_from(version).unwrap_or(i64::MAX);
    let rest = [version.into(), leftovers.into(), max_attempts.into(), micros(now).into()];
    let values = query::key_of(id).into_iter().chain(kind_priority_due).chain(rest);
    let id = query::one::<i64>(change, sql, values).await?;
    id.map(JobId).ok_or_else(|| query::unreadable("id"))
}

/// What has to be done for the asset's channels; nothing for the channel `none`.
fn kind_for(asset: &Asset) -> Option<JobKind> {
    let has = |channel| asset.has_channel(channel);
    if has(DeliveryChannel::IiifImg) || has(DeliveryChannel::Thumbs) {
        Some(JobKind::IngestImage)
    } else if has(DeliveryChannel::IiifAv) {
        Some(JobKind::IngestTimeBased)
    } else if has(DeliveryChannel::File) {
        Some(JobKind::IngestFile)
    } else {
        None
    }
}

/// Returns the versions that are no longer needed.
fn stop_delivering(asset: &mut Asset, now: OffsetDateTime) -> Vec<u64> {
    let old = std::mem::take(&mut asset.version);
    asset.pending = None;
    asset.ingesting = false;
    asset.finished = Some(now);
    asset.thumbnails.clear();
    (asset.stored_bytes, asset.thumbnail_bytes) = (0, 0);
    Some(old).filter(|old| *old > 0).into_iter().collect()
}

/// Larger than any before it, also than those of an asset of the same name that was deleted:
/// what is kept under a version's keys may be remembered anywhere.
fn next_version(asset: &Asset, now: OffsetDateTime) -> u64 {
    let now = u64::try_from(micros(now)).unwrap_or_default();
    now.max(asset.version + 1).max(asset.pending.unwrap_or_default() + 1)
}

struct Superseded {
    id: JobId,
    version: u64,
    attempts: u32,
    dead: bool,
    lease_until: OffsetDateTime,
}

impl Record for Superseded {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: JobId(row.number("id")?),
            version: row.number("version")?,
            attempts: row.number("attempts")?,
            dead: row.flag("dead")?,
            lease_until: row.moment("due")?,
        })
    }
}
