use std::slice;

use sea_orm::{DatabaseTransaction, Value};
use time::OffsetDateTime;

use super::dead_letter::{DeadLetter, dead_letter, no_such_letter};
use crate::{
    Catalogue, Error, JobId, JobKind, Priority, Reach,
    assets::asset_row,
    batches::retry_batch::reopen,
    composites,
    database::query::{self, micros, moment},
    jobs::{
        enqueue::{self, Work, supersede},
        new_job,
        turns::{self, Line},
    },
};

impl Catalogue {
    /// Has what was given up tried again, as if for the first time; its batch waits for it again.
    pub async fn retry_dead_letter(
        &self,
        reach: impl Into<Reach>,
        id: JobId,
        now: OffsetDateTime,
    ) -> Result<DeadLetter, Error> {
        let now = moment(micros(now));
        let change = self.database().begin().await?;
        let letter = dead_letter(&change, &reach.into(), id).await?;
        let letter = letter.ok_or_else(|| no_such_letter(id))?;
        match letter.kind {
            JobKind::IngestImage | JobKind::IngestTimeBased | JobKind::IngestFile => {
                process(&change, &letter, now).await?;
            }
            JobKind::TakeApart => {
                revive(&change, &letter, now).await?;
                composites::try_again(&change, letter.asset.name(), now).await?;
            }
            JobKind::CleanUp | JobKind::Project | JobKind::Tile => {
                revive(&change, &letter, now).await?
            }
        }
        change.commit().await?;
        self.announce_all(slice::from_ref(&letter.asset), &[]);
        self.parts().bells.ring_queued();
        Ok(letter)
    }
}

/// Nobody waits for it any more as he did the first time.
fn priority(letter: &DeadLetter) -> Priority {
    match letter.priority {
        Priority::Immediate => Priority::Normal,
        other @ (Priority::Priority | Priority::Normal | Priority::Background) => other,
    }
}

/// The asset is processed as it now is, by another job.
async fn process(
    change: &DatabaseTransaction,
    letter: &DeadLetter,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let before = asset_row::select_for_update(change, &letter.asset).await?;
    let before = before.ok_or_else(|| no_such_letter(letter.id))?;
    if !supersede(change, &letter.asset, now).await?.contains(&letter.id) {
        return Err(no_such_letter(letter.id));
    }
    let mut after = before.clone();
    let work = enqueue::plan(&mut after, priority(letter), now);
    (after.batch, after.modified) = (before.batch, now);
    asset_row::update(change, &before, &after).await?;
    let job = match work {
        Work::Job(job) => Some(job),
        Work::Nothing(clean_up) => clean_up,
    };
    new_job::insert_all(change, job.as_slice(), now).await?;
    match after.batch.filter(|_| after.ingesting) {
        Some(batch) => reopen(change, batch, slice::from_ref(&letter.asset)).await,
        None => Ok(()),
    }
}

/// The job itself is done again.
async fn revive(
    change: &DatabaseTransaction,
    letter: &DeadLetter,
    now: OffsetDateTime,
) -> Result<(), Error> {
    let priority = priority(letter);
    let turn = match priority.is_in_line() {
        true => {
            let (customer, lane) = (letter.asset.customer, letter.kind.lane());
            turns::lock(change, customer).await?;
            turns::next_turn(change, Line { customer, lane, priority }).await?
        }
        false => 0,
    };
    let sql = "UPDATE job SET state = 'ready', attempts = 0, error = NULL, due = $2, turn = $3,
               priority = $4 WHERE id = $1 AND state = 'dead'";
    let values: [Value; 4] =
        [letter.id.0.into(), micros(now).into(), turn.into(), priority.rank().into()];
    match query::run(change, sql, values).await? {
        0 => Err(no_such_letter(letter.id)),
        _ => Ok(()),
    }
}
