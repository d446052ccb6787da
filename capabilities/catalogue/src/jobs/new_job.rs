use std::slice;

use model::AssetId;
use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Error, JobId, JobKind, Leftovers, Priority,
    database::{
        many,
        query::{self, micros},
    },
    jobs::turns,
};

/// A job to be queued, in the transaction that needs it.
pub(crate) struct NewJob {
    pub(crate) asset: AssetId,
    pub(crate) kind: JobKind,
    pub(crate) priority: Priority,
    pub(crate) due: OffsetDateTime,
    pub(crate) version: u64,
    pub(crate) leftovers: Option<Leftovers>,
    pub(crate) max_attempts: i64,
}

const COLUMNS: [&str; 14] = [
    "customer",
    "space",
    "name",
    "kind",
    "priority",
    "due",
    "version",
    "leftovers",
    "max_attempts",
    "created",
    "attempts",
    "lane",
    "state",
    "turn",
];

pub(crate) async fn insert(
    change: &impl ConnectionTrait,
    job: &NewJob,
    now: OffsetDateTime,
) -> Result<JobId, Error> {
    let columns = COLUMNS.join(", ");
    let marks = query::marks(1, COLUMNS.len());
    let sql = format!("INSERT INTO job ({columns}) VALUES ({marks}) RETURNING id");
    let turn = turns::give(change, slice::from_ref(job)).await?.first().copied();
    let id = query::one::<i64>(change, &sql, row(job, turn.unwrap_or_default(), now)).await?;
    id.map(JobId).ok_or_else(|| query::unreadable("id"))
}

pub(crate) async fn insert_all(
    change: &impl ConnectionTrait,
    jobs: &[NewJob],
    now: OffsetDateTime,
) -> Result<(), Error> {
    let turns = turns::give(change, jobs).await?;
    let rows = jobs.iter().zip(turns).map(|(job, turn)| row(job, turn, now)).collect::<Vec<_>>();
    many::run_all(change, many::insert_many("job", &COLUMNS, &rows)).await
}

fn row(job: &NewJob, turn: i64, now: OffsetDateTime) -> Vec<Value> {
    let leftovers = job
        .leftovers
        .as_ref()
        .map(|leftovers| serde_json::to_string(leftovers).expect("numbers and keys become JSON"));
    let [customer, space, name] = query::key_of(&job.asset);
    vec![
        customer,
        space,
        name,
        job.kind.as_str().into(),
        job.priority.rank().into(),
        micros(job.due).into(),
        query::whole(job.version).into(),
        leftovers.into(),
        job.max_attempts.into(),
        micros(now).into(),
        0_i64.into(),
        job.kind.lane().as_str().into(),
        if job.due > now { "asleep" } else { "ready" }.into(),
        turn.into(),
    ]
}
