use sea_orm::{DatabaseTransaction, Value};
use time::OffsetDateTime;

use super::{Composite, CompositeStatus, advance_composite::json};
use crate::{
    Catalogue, Error, NewAsset, Priority,
    batches::register_batch::{ids_of, register},
    database::query::{self, micros, moment, whole},
};

impl Catalogue {
    /// Registers the next pages of a document, in a batch of their own, and notes that they are, both or neither: answers
    /// the document as it is then. `None` if another worker has registered pages of it since.
    pub async fn register_pages(
        &self,
        composite: &Composite,
        pages: &[NewAsset],
        now: OffsetDateTime,
    ) -> Result<Option<Composite>, Error> {
        let now = moment(micros(now));
        let customer = composite.customer;
        let ids = ids_of(customer, pages)?;
        loop {
            let change = self.database().begin().await?;
            let mut after = composite.clone();
            after.status = CompositeStatus::BuildingDlcsRequest;
            after.registered += pages.len() as u64;
            after.drawn.clear();
            after.modified = now;
            if !note(&change, composite.registered, &after).await? {
                return Ok(None);
            }
            let new = (&ids[..], pages);
            let registered = register(&change, customer, new, Priority::Normal, now).await?;
            let Some((batch, superseded)) = registered else { continue };
            after.batches.push(batch.id);
            note(&change, after.registered, &after).await?;
            change.commit().await?;
            self.announce_all(&ids, &superseded);
            self.parts().bells.ring_queued();
            return Ok(Some(after));
        }
    }
}

/// Other workers wait for the end of the transaction that first changes the document; `false` for who comes too late.
async fn note(change: &DatabaseTransaction, before: u64, after: &Composite) -> Result<bool, Error> {
    let sql = "UPDATE composite SET status = $3, registered = $4, batches = $5, drawn = $6,
               modified = $7 WHERE id = $1 AND registered = $2";
    let values: [Value; 7] = [
        after.id.as_str().into(),
        whole(before).into(),
        after.status.as_str().into(),
        whole(after.registered).into(),
        json(&after.batches).into(),
        json(&after.drawn).into(),
        micros(after.modified).into(),
    ];
    Ok(query::run(change, sql, values).await? > 0)
}
