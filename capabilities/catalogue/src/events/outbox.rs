use sea_orm::{ConnectionTrait, Value};
use time::OffsetDateTime;

use super::{EventKind, worded};
use crate::{
    Asset, Batch, Error, NewCustomer,
    database::{many, query::micros},
};

const COLUMNS: [&str; 8] =
    ["customer", "space", "name", "kind", "at", "engine_notified", "before_change", "after_change"];

/// Writes down what becomes of assets: as they were (`None`: just made) and as they are now (`None`: deleted).
///
/// Whoever changes an asset holds its row, so that what happens to it is written in the order in which it happens.
pub(crate) async fn tell_of_assets<'a>(
    change: &impl ConnectionTrait,
    assets: impl IntoIterator<Item = (Option<&'a Asset>, Option<&'a Asset>)>,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let rows = assets.into_iter().filter_map(|(before, after)| row_of(before, after, now));
    insert(change, &rows.collect::<Vec<_>>()).await
}

pub(crate) async fn tell_of_batch(
    change: &impl ConnectionTrait,
    batch: &Batch,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let number = Some(batch.id.to_string());
    let kind = EventKind::BatchCompleted;
    let row = plain_row(kind, batch.customer, number, worded::batch(batch), now);
    insert(change, &[row]).await
}

pub(crate) async fn tell_of_customer(
    change: &impl ConnectionTrait,
    id: u32,
    new: &NewCustomer,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let row = plain_row(EventKind::CustomerCreated, id, None, worded::customer(id, new), now);
    insert(change, &[row]).await
}

fn row_of(
    before: Option<&Asset>,
    after: Option<&Asset>,
    now: OffsetDateTime,
) -> Option<Vec<Value>> {
    let kind = match (before, after) {
        (None, Some(_)) => EventKind::AssetCreated,
        (Some(before), Some(after)) if before != after => EventKind::AssetUpdated,
        (Some(_), None) => EventKind::AssetDeleted,
        (Some(_), Some(_)) | (None, None) => return None,
    };
    let id = &after.or(before)?.id;
    let pending = |asset: Option<&Asset>| asset.and_then(|asset| asset.pending);
    let is_to_be_made = pending(after).is_some() && pending(before) != pending(after);
    Some(vec![
        id.customer.into(),
        Some(i64::from(id.space)).into(),
        Some(id.name().to_owned()).into(),
        kind.as_str().into(),
        micros(now).into(),
        is_to_be_made.into(),
        before.map(worded::asset).into(),
        after.map(worded::asset).into(),
    ])
}

/// What is about a customer as a whole.
fn plain_row(
    kind: EventKind,
    customer: u32,
    name: Option<String>,
    after: String,
    now: OffsetDateTime,
) -> Vec<Value> {
    vec![
        customer.into(),
        None::<i64>.into(),
        name.into(),
        kind.as_str().into(),
        micros(now).into(),
        false.into(),
        None::<String>.into(),
        Some(after).into(),
    ]
}

async fn insert(change: &impl ConnectionTrait, rows: &[Vec<Value>]) -> Result<(), Error> {
    many::run_all(change, many::insert_many("event", &COLUMNS, rows)).await
}
