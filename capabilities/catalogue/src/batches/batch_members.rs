//! Who belongs to a batch, and what became of each; the batch's counters change with them.

use std::collections::BTreeMap;

use model::AssetId;
use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use crate::{
    Catalogue, Error, Page, Paged,
    batches::batch,
    database::{
        many,
        query::{self, Record, Row, micros},
    },
    events::outbox,
};

/// A member of a batch that ended with an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchError {
    pub asset: AssetId,
    pub error: String,
    pub ended: OffsetDateTime,
}

impl Catalogue {
    /// What went wrong in a batch, in the order of the assets' names.
    pub async fn batch_errors(&self, batch: i64, page: Page) -> Result<Paged<BatchError>, Error> {
        let database = self.database().reader();
        let sql = "SELECT customer, space, name, ended, error FROM batch_member
                   WHERE batch = $1 AND error IS NOT NULL
                   ORDER BY space, name LIMIT $2 OFFSET $3";
        let values = [batch.into(), page.size.into(), page.offset().into()];
        let items = query::all(database, sql, values).await?;
        let count = "SELECT failed FROM batch WHERE id = $1";
        let total = query::one::<i64>(database, count, [batch.into()]).await?;
        Ok(page.of(items, total.unwrap_or_default()))
    }
}

/// Writes the members of a batch that was just opened; all wait.
pub(crate) async fn insert_all(
    change: &impl ConnectionTrait,
    batch: i64,
    assets: impl Iterator<Item = &AssetId>,
) -> Result<(), Error> {
    let rows = assets.map(|id| {
        let mut row: Vec<Value> = vec![batch.into()];
        row.extend(query::key_of(id));
        row
    });
    let columns = ["batch", "customer", "space", "name"];
    let rows: Vec<_> = rows.collect();
    many::run_all(change, many::insert_many("batch_member", &columns, &rows)).await
}

/// Ends all that waits for these assets, in whichever batches: an asset that a later batch took over ends in both.
///
/// The last thing that a change does, so that no two changes wait crosswise.
pub(crate) async fn end(
    change: &impl ConnectionTrait,
    assets: &[AssetId],
    error: Option<&str>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let mut ended = Ended::default();
    ended.assets(change, assets, error, now).await?;
    ended.count(change, error.is_some(), now).await
}

/// How many members of which batches have ended in this change.
#[derive(Default)]
pub(crate) struct Ended(BTreeMap<i64, i64>);

impl Ended {
    pub(crate) async fn assets(
        &mut self,
        change: &impl ConnectionTrait,
        assets: &[AssetId],
        error: Option<&str>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        for some in assets.chunks(many::ROWS) {
            let (among, mut values) = many::among(some);
            let (at, why) = (values.len() + 1, values.len() + 2);
            let sql = format!(
                "UPDATE batch_member SET ended = ${at}, error = ${why}
                 WHERE {among} AND ended IS NULL RETURNING batch"
            );
            values.extend([micros(now).into(), error.map(str::to_owned).into()]);
            for batch in query::all::<i64>(change, &sql, values).await? {
                *self.0.entry(batch).or_default() += 1;
            }
        }
        Ok(())
    }

    /// All that waits in a batch, also where a later batch took the asset over.
    pub(crate) async fn batch(
        &mut self,
        change: &impl ConnectionTrait,
        batch: i64,
        error: &str,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let sql =
            "UPDATE batch_member SET ended = $2, error = $3 WHERE batch = $1 AND ended IS NULL";
        let values = [batch.into(), micros(now).into(), error.into()];
        let ended = query::run(change, sql, values).await?;
        *self.0.entry(batch).or_default() += query::whole(ended);
        Ok(())
    }

    /// Tells the batches, in their order; one is finished when none of its members waits.
    pub(crate) async fn count(
        self,
        change: &impl ConnectionTrait,
        failed: bool,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let sql = "UPDATE batch SET waiting = waiting - $2, failed = failed + $3,
                   finished = CASE WHEN waiting = $2 THEN $4 ELSE finished END WHERE id = $1
                   RETURNING CASE WHEN waiting = 0 THEN customer ELSE 0 END";
        for (batch, ended) in self.0.into_iter().filter(|(_, ended)| *ended > 0) {
            let failed = if failed { ended } else { 0 };
            let values = [batch.into(), ended.into(), failed.into(), micros(now).into()];
            let of = query::one::<i64>(change, sql, values).await?.unwrap_or_default();
            let Some(customer) = u32::try_from(of).ok().filter(|customer| *customer > 0) else {
                continue;
            };
            if let Some(finished) = batch::batch(change, customer, batch).await? {
                outbox::tell_of_batch(change, &finished, now).await?;
            }
        }
        Ok(())
    }
}

impl Record for BatchError {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { asset: row.asset_id()?, error: row.text("error")?, ended: row.moment("ended")? })
    }
}
