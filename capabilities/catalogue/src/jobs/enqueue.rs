use std::time::Duration;

use model::{AssetId, DeliveryChannel};
use sea_orm::ConnectionTrait;
use time::OffsetDateTime;

use crate::{
    Asset, Error, JobId, JobKind, Leftovers, Priority, Recording,
    database::{
        many,
        query::{self, Record, Row, micros},
    },
    jobs::new_job::{self, NewJob},
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

/// What is to be done for an asset, decided and not yet written.
pub(crate) enum Work {
    Job(NewJob),
    /// Its channels need no processing; what was made before can go.
    Nothing(Option<NewJob>),
}

/// Has an asset processed as it now is, in place of whatever was to be done for it before.
pub(crate) async fn process(
    change: &impl ConnectionTrait,
    asset: &mut Asset,
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Scheduled, Error> {
    prepare(change, asset, priority, now).await?.queue(change, now).await
}

/// What is to be done for an asset in place of whatever was to be done before, and what that has superseded.
pub(crate) struct Prepared {
    work: Work,
    superseded: Vec<JobId>,
}

/// The first half of [`process`], for an asset whose row is written before its job is.
pub(crate) async fn prepare(
    change: &impl ConnectionTrait,
    asset: &mut Asset,
    priority: Priority,
    now: OffsetDateTime,
) -> Result<Prepared, Error> {
    let superseded = supersede(change, &asset.id, now).await?;
    Ok(Prepared { work: plan(asset, priority, now), superseded })
}

impl Prepared {
    pub(crate) async fn queue(
        self,
        change: &impl ConnectionTrait,
        now: OffsetDateTime,
    ) -> Result<Scheduled, Error> {
        let job = match self.work {
            Work::Job(job) => Some(new_job::insert(change, &job, now).await?),
            Work::Nothing(clean_up) => {
                new_job::insert_all(change, clean_up.as_slice(), now).await?;
                None
            }
        };
        Ok(Scheduled { job, superseded: self.superseded })
    }
}

/// Decides what is to be done for an asset as it now is, and marks it so.
pub(crate) fn plan(asset: &mut Asset, priority: Priority, now: OffsetDateTime) -> Work {
    asset.error = None;
    asset.batch = None;
    let Some(kind) = kind_for(asset) else {
        return Work::Nothing(stop_delivering(asset, now));
    };
    let version = next_version(asset, now);
    asset.pending = Some(version);
    asset.ingesting = true;
    Work::Job(NewJob {
        asset: asset.id.clone(),
        kind,
        priority,
        due: now,
        version,
        leftovers: None,
        max_attempts: INGEST_ATTEMPTS,
    })
}

/// Takes away whatever was to be done for an asset, finished or not, and what was half done.
pub(crate) async fn supersede(
    change: &impl ConnectionTrait,
    id: &AssetId,
    now: OffsetDateTime,
) -> Result<Vec<JobId>, Error> {
    supersede_all(change, std::slice::from_ref(id), now).await
}

/// The same for many assets at once.
pub(crate) async fn supersede_all(
    change: &impl ConnectionTrait,
    ids: &[AssetId],
    now: OffsetDateTime,
) -> Result<Vec<JobId>, Error> {
    let mut superseded: Vec<Superseded> = Vec::new();
    for some in ids.chunks(many::ROWS) {
        let (among, mut values) = many::among(some);
        values.push(JobKind::CleanUp.as_str().into());
        let kind = values.len();
        let sql = format!(
            "DELETE FROM job WHERE {among} AND kind <> ${kind}
             RETURNING id, customer, space, name, version, attempts, state = 'dead' AS dead, due"
        );
        superseded.extend(query::all(change, &sql, values).await?);
    }
    // One that was given up has been cleaned up, one that was never begun has left nothing.
    let begun = superseded.iter().filter(|job| job.attempts > 0 && !job.dead);
    let clean_ups: Vec<_> = begun
        .filter_map(|job| {
            let leftovers = Leftovers { versions: vec![job.version], ..Leftovers::default() };
            clean_up_from(&job.asset, leftovers, job.lease_until.max(now) + UNTIL_STOPPED)
        })
        .collect();
    new_job::insert_all(change, &clean_ups, now).await?;
    Ok(superseded.into_iter().map(|job| job.id).collect())
}

/// Has removed what nobody needs any more, when nobody can still be using it.
pub(crate) async fn clean_up(
    change: &impl ConnectionTrait,
    id: &AssetId,
    leftovers: Leftovers,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let jobs: Vec<_> = clean_up_job(id, leftovers, now).into_iter().collect();
    new_job::insert_all(change, &jobs, now).await
}

/// The same for what a worker may be adding to that does not know yet that its job was taken from it.
pub(crate) async fn clean_up_after_worker(
    change: &impl ConnectionTrait,
    id: &AssetId,
    leftovers: Leftovers,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let job = clean_up_from(id, leftovers, now + UNTIL_STOPPED);
    new_job::insert_all(change, job.as_slice(), now).await
}

/// The job that removes leftovers, if there are any.
pub(crate) fn clean_up_job(
    id: &AssetId,
    leftovers: Leftovers,
    now: OffsetDateTime,
) -> Option<NewJob> {
    clean_up_from(id, leftovers, now + UNTIL_FORGOTTEN)
}

fn clean_up_from(id: &AssetId, leftovers: Leftovers, due: OffsetDateTime) -> Option<NewJob> {
    (leftovers != Leftovers::default()).then(|| NewJob {
        asset: id.clone(),
        kind: JobKind::CleanUp,
        priority: Priority::Background,
        due,
        version: 0,
        leftovers: Some(leftovers),
        max_attempts: CLEAN_UP_ATTEMPTS,
    })
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

/// The job that removes the version that is delivered, if there is one.
pub(crate) fn clean_up_version(
    asset: &Asset,
    uploads: Vec<String>,
    now: OffsetDateTime,
) -> Option<NewJob> {
    let (id, version) = asset.kept_at();
    let versions = Some(version).filter(|version| *version > 0).into_iter().collect();
    clean_up_job(id, Leftovers { versions, uploads }, now)
}

/// Returns the job that removes what is no longer needed.
fn stop_delivering(asset: &mut Asset, now: OffsetDateTime) -> Option<NewJob> {
    let clean_up = clean_up_version(asset, Vec::new(), now);
    asset.version = 0;
    asset.kept = None;
    asset.pending = None;
    asset.ingesting = false;
    asset.finished = Some(now);
    asset.thumbnails.clear();
    asset.recording = Recording::default();
    asset.objects.clear();
    asset.at_origin = None;
    (asset.stored_bytes, asset.thumbnail_bytes) = (0, 0);
    clean_up
}

/// Larger than any before it, also than those of an asset of the same name that was deleted:
/// what is kept under a version's keys may be remembered anywhere.
pub(crate) fn next_version(asset: &Asset, now: OffsetDateTime) -> u64 {
    let now = u64::try_from(micros(now)).unwrap_or_default();
    now.max(asset.version + 1).max(asset.pending.unwrap_or_default() + 1)
}

struct Superseded {
    id: JobId,
    asset: AssetId,
    version: u64,
    attempts: u32,
    dead: bool,
    lease_until: OffsetDateTime,
}

impl Record for Superseded {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: JobId(row.number("id")?),
            asset: row.asset_id()?,
            version: row.number("version")?,
            attempts: row.number("attempts")?,
            dead: row.flag("dead")?,
            lease_until: row.moment("due")?,
        })
    }
}
