use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    batches::batch,
    database::{
        dialect::for_update,
        query::{self, Record, Row, micros},
    },
    events::outbox,
};

/// A batch whose counters are not what its members come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchDrift {
    pub customer: u32,
    pub batch: i64,
    /// Members, those that wait, those that failed: as they were counted.
    pub counted: [i64; 3],
    /// The same, as they are.
    pub found: [i64; 3],
}

const MEMBERS: &str = "(SELECT COUNT(*) FROM batch_member WHERE batch = batch.id)";
const WAITING: &str =
    "(SELECT COUNT(*) FROM batch_member WHERE batch = batch.id AND ended IS NULL)";
const FAILED: &str =
    "(SELECT COUNT(*) FROM batch_member WHERE batch = batch.id AND error IS NOT NULL)";

impl Catalogue {
    /// Counts the members of all batches again, or of those of a customer.
    pub async fn drifted_batches(&self, customer: Option<u32>) -> Result<Vec<BatchDrift>, Error> {
        let sql = format!(
            "SELECT * FROM (SELECT id, customer, members, waiting, failed, finished,
                {MEMBERS} AS own_members, {WAITING} AS own_waiting, {FAILED} AS own_failed
             FROM batch WHERE $1 = 0 OR customer = $1) AS counted
             WHERE members <> own_members OR waiting <> own_waiting OR failed <> own_failed
                OR (own_waiting = 0) <> (finished IS NOT NULL)
             ORDER BY customer, id"
        );
        let values = [customer.unwrap_or_default().into()];
        query::all(self.database().reader(), &sql, values).await
    }

    /// Puts the counters of a batch right. One that proves to be finished is told of.
    pub async fn mend_batch(&self, drift: &BatchDrift, now: OffsetDateTime) -> Result<(), Error> {
        let change = self.database().begin().await?;
        // As with every counter: whoever ends a member comes to the batch last.
        let lock = for_update(&change);
        let sql = format!("SELECT COALESCE(finished, 0) FROM batch WHERE id = $1{lock}");
        let was_open = query::one::<i64>(&change, &sql, [drift.batch.into()]).await? == Some(0);
        let sql = format!(
            "UPDATE batch SET members = {MEMBERS}, waiting = {WAITING}, failed = {FAILED},
             finished = CASE WHEN {WAITING} > 0 THEN NULL ELSE COALESCE(finished, $2) END
             WHERE id = $1"
        );
        query::run(&change, &sql, [drift.batch.into(), micros(now).into()]).await?;
        let mended = batch::batch(&change, drift.customer, drift.batch).await?;
        if let Some(mended) = mended.filter(|batch| was_open && batch.finished.is_some()) {
            outbox::tell_of_batch(&change, &mended, now).await?;
        }
        Ok(change.commit().await?)
    }
}

impl Record for BatchDrift {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            batch: row.number("id")?,
            counted: [row.number("members")?, row.number("waiting")?, row.number("failed")?],
            found: [
                row.number("own_members")?,
                row.number("own_waiting")?,
                row.number("own_failed")?,
            ],
        })
    }
}
