use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Page, Paged, Priority, Reach,
    database::query::{self, Record, Row},
    jobs::job::priority,
};

/// Assets that were registered together, and how far they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: i64,
    pub customer: u32,
    pub priority: Priority,
    pub submitted: OffsetDateTime,
    pub count: u64,
    pub completed: u64,
    pub errors: u64,
    /// When the last of them ended.
    pub finished: Option<OffsetDateTime>,
    /// None of them has come with this batch last: others took them over, or they were deleted.
    pub superseded: bool,
}

/// Which of a customer's batches are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchList {
    /// In the order in which they were submitted.
    All,
    /// Those of which something is still to be done.
    Active,
    /// Those that are finished, the newest first.
    Recent,
}

/// What waits in a customer's batches of one priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomerQueue {
    pub batches_waiting: u64,
    pub images_waiting: u64,
    /// Nothing of it is begun.
    pub paused: bool,
}

impl Catalogue {
    /// A batch that lies within reach as a whole.
    pub async fn batch(&self, reach: impl Into<Reach>, id: i64) -> Result<Option<Batch>, Error> {
        let reach = reach.into();
        let sql = format!("{} AND {}", batch_by_id(), reach.condition_of_batches());
        query::one(self.database().reader(), &sql, [id.into(), reach.customer.into()]).await
    }

    pub async fn batches(
        &self,
        reach: impl Into<Reach>,
        list: BatchList,
        page: Page,
    ) -> Result<Paged<Batch>, Error> {
        let reach = reach.into();
        let database = self.database().reader();
        let (condition, order) = match list {
            BatchList::All => ("TRUE".to_owned(), "id"),
            BatchList::Active => (format!("finished IS NULL AND NOT {SUPERSEDED}"), "id"),
            BatchList::Recent => ("finished IS NOT NULL".to_owned(), "finished DESC, id DESC"),
        };
        let within = reach.condition_of_batches();
        let condition = format!("customer = $1 AND {condition} AND {within}");
        let sql = format!("{SELECT} WHERE {condition} ORDER BY {order} LIMIT $2 OFFSET $3");
        let customer: Value = reach.customer.into();
        let values = [customer.clone(), page.size.into(), page.offset().into()];
        let items = query::all(database, &sql, values).await?;
        let count = format!("SELECT COUNT(*) FROM batch WHERE {condition}");
        let total = query::one::<i64>(database, &count, [customer]).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }

    pub async fn customer_queue(
        &self,
        reach: impl Into<Reach>,
        priority: Priority,
    ) -> Result<CustomerQueue, Error> {
        let reach = reach.into();
        let sql = format!(
            "SELECT COUNT(*) AS batches, CAST(COALESCE(SUM(waiting), 0) AS BIGINT) AS images,
                EXISTS (SELECT 1 FROM queue_pause AS pause
                    WHERE pause.customer IN (0, $1) AND pause.paused) AS paused
             FROM batch WHERE customer = $1 AND finished IS NULL AND priority = $2 AND {}",
            reach.condition_of_batches()
        );
        let values = [reach.customer.into(), priority.rank().into()];
        Ok(query::one(self.database().reader(), &sql, values).await?.unwrap_or_default())
    }
}

/// Derived whenever it is asked for, so that it is never out of date.
const SUPERSEDED: &str = "(NOT EXISTS (SELECT 1 FROM asset WHERE asset.batch = batch.id))";

const SELECT: &str = "SELECT id, customer, priority, submitted, members, waiting, failed, finished,
    NOT EXISTS (SELECT 1 FROM asset WHERE asset.batch = batch.id) AS superseded
    FROM batch";

/// A batch that has to be there.
pub(crate) async fn existing(
    database: &impl ConnectionTrait,
    customer: u32,
    id: i64,
) -> Result<Batch, Error> {
    let found = batch(database, customer, id).await?;
    found.ok_or_else(|| Error::NotFound(format!("batch {id}")))
}

pub(crate) async fn batch(
    database: &impl ConnectionTrait,
    customer: u32,
    id: i64,
) -> Result<Option<Batch>, Error> {
    query::one(database, &batch_by_id(), [id.into(), customer.into()]).await
}

fn batch_by_id() -> String {
    format!("{SELECT} WHERE id = $1 AND customer = $2")
}

/// Opens a batch whose members are all waiting; whoever opens it must write them.
pub(crate) async fn open(
    change: &impl ConnectionTrait,
    (customer, priority): (u32, Priority),
    members: usize,
    now: OffsetDateTime,
) -> Result<i64, Error> {
    let sql = "INSERT INTO batch (customer, priority, submitted, members, waiting, failed)
               VALUES ($1, $2, $3, $4, $4, 0) RETURNING id";
    let members = i64::try_from(members).unwrap_or(i64::MAX);
    let now: Value = query::micros(now).into();
    let values = [customer.into(), priority.rank().into(), now, members.into()];
    query::one::<i64>(change, sql, values).await?.ok_or_else(|| query::unreadable("id"))
}

impl Record for Batch {
    fn read(row: &Row) -> Result<Self, Error> {
        let (count, waiting): (u64, u64) = (row.number("members")?, row.number("waiting")?);
        let errors: u64 = row.number("failed")?;
        Ok(Self {
            id: row.number("id")?,
            customer: row.number("customer")?,
            priority: priority(row)?,
            submitted: row.moment("submitted")?,
            count,
            completed: count.saturating_sub(waiting).saturating_sub(errors),
            errors,
            finished: row.optional_moment("finished")?,
            superseded: row.flag("superseded")?,
        })
    }
}

impl Record for CustomerQueue {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            batches_waiting: row.number("batches")?,
            images_waiting: row.number("images")?,
            paused: row.flag("paused")?,
        })
    }
}
