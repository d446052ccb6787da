//! Whatever is paused is set aside, out of the way of those who look for something to do; whatever goes on is put back. By
//! and by, since it may be millions: until it is done, workers pass it by.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};

use super::pause_queue::EVERYBODY;
use crate::{
    Catalogue, Error, Priority,
    database::{
        dialect::for_update_skip_locked,
        many,
        query::{self, Record, Row},
    },
    jobs::{
        lane::Lane,
        turns::{self, Line},
    },
};

/// So many jobs of one line are moved in one transaction, and so many transactions follow each other.
const AT_ONCE: i64 = 1000;
const IN_A_ROW: usize = 10;

impl Catalogue {
    /// Goes on with what queues that were paused, or go on again, leave to do; returns soon. To be called now and then.
    pub async fn settle_pauses(&self) -> Result<(), Error> {
        let sql = "SELECT customer FROM queue_pause ORDER BY customer";
        let customers = query::all::<i64>(self.database().reader(), sql, []).await?;
        for customer in customers.into_iter().filter_map(|customer| u32::try_from(customer).ok()) {
            self.settle_pause(customer).await?;
        }
        Ok(())
    }

    pub(super) async fn settle_pause(&self, customer: u32) -> Result<(), Error> {
        for _ in 0..IN_A_ROW {
            if self.settle_some(customer).await? == 0 {
                break;
            }
        }
        Ok(())
    }

    /// Returns how many were moved.
    async fn settle_some(&self, customer: u32) -> Result<u64, Error> {
        let change = self.database().begin().await?;
        let lock = for_update_skip_locked(&change);
        let sql = format!("SELECT paused FROM queue_pause WHERE customer = $1{lock}");
        let Some(Pause { paused }) = query::one(&change, &sql, [customer.into()]).await? else {
            return Ok(0);
        };
        if paused {
            let moved = set_aside(&change, customer).await?;
            change.commit().await?;
            return Ok(moved);
        }
        let Some(moved) = put_back(&change, customer).await? else { return Ok(0) };
        if moved == 0 {
            let sql = "DELETE FROM queue_pause WHERE customer = $1";
            query::run(&change, sql, [customer.into()]).await?;
        }
        change.commit().await?;
        if moved > 0 {
            self.parts().bells.ring_queued();
        }
        Ok(moved)
    }
}

/// Those first that workers would come to first.
async fn set_aside(change: &DatabaseTransaction, customer: u32) -> Result<u64, Error> {
    let lock = for_update_skip_locked(change);
    let whose = if customer == EVERYBODY { "" } else { " AND customer = $4" };
    let sql = format!(
        "UPDATE job SET state = 'aside', turn = 0 WHERE id IN (
            SELECT id FROM job WHERE state = 'ready' AND lane = $1 AND priority = $2{whose}
            ORDER BY turn LIMIT $3{lock})"
    );
    let mut moved = 0;
    for (lane, priority) in lines() {
        let mut values: Vec<Value> =
            vec![lane.as_str().into(), priority.rank().into(), AT_ONCE.into()];
        values.extend((customer != EVERYBODY).then(|| Value::from(customer)));
        moved += query::run(change, &sql, values).await?;
    }
    Ok(moved)
}

/// `None` if somebody is just queueing jobs of the customer: then it is for another time.
async fn put_back(change: &DatabaseTransaction, customer: u32) -> Result<Option<u64>, Error> {
    let Some(customer) = whose_turn(change, customer).await? else { return Ok(Some(0)) };
    let mut found = Vec::new();
    for (lane, priority) in lines() {
        let line = Line { customer, lane, priority };
        found.push((line, aside(change, line).await?));
    }
    // The rows first: whoever removes one of them may be about to ask for the lock.
    if !turns::try_lock(change, customer).await? {
        return Ok(None);
    }
    let mut moved = 0;
    for (line, ids) in found.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        // Turns that were served meanwhile are others' now: it goes on as if its jobs came today.
        let first = turns::next_turn(change, line).await?;
        let row = |(id, turn): (i64, i64)| vec![id.into(), turn.into(), "ready".into()];
        moved += ids.len() as u64;
        let rows: Vec<_> = ids.into_iter().zip(first..).map(row).collect();
        let update = many::update_many("job", &["id"], &["turn", "state"], &rows);
        many::run_all(change, update).await?;
    }
    Ok(Some(moved))
}

/// The customer whose jobs can be put back: that one, unless everybody's queue is paused; or, when everybody's goes on,
/// one who has not paused his own.
async fn whose_turn(change: &impl ConnectionTrait, customer: u32) -> Result<Option<u32>, Error> {
    if customer != EVERYBODY {
        let sql = "SELECT COUNT(*) FROM queue_pause WHERE customer = 0 AND paused";
        let all_are_paused = query::one::<i64>(change, sql, []).await?.unwrap_or_default() > 0;
        return Ok((!all_are_paused).then_some(customer));
    }
    let sql = "SELECT customer FROM job WHERE state = 'aside'
               AND customer NOT IN (SELECT customer FROM queue_pause WHERE paused)
               ORDER BY customer LIMIT 1";
    let first = query::one::<i64>(change, sql, []).await?;
    Ok(first.and_then(|customer| u32::try_from(customer).ok()))
}

/// In the order in which they came.
async fn aside(change: &impl ConnectionTrait, line: Line) -> Result<Vec<i64>, Error> {
    let lock = for_update_skip_locked(change);
    let sql = format!(
        "SELECT id FROM job WHERE state = 'aside' AND customer = $1 AND lane = $2
         AND priority = $3 ORDER BY id LIMIT $4{lock}"
    );
    let Line { customer, lane, priority } = line;
    let values = [customer.into(), lane.as_str().into(), priority.rank().into(), AT_ONCE.into()];
    query::all(change, &sql, values).await
}

fn lines() -> impl Iterator<Item = (Lane, Priority)> {
    let of_lane = |lane| Priority::IN_LINES.map(|priority| (lane, priority));
    Lane::OF_QUEUES.into_iter().flat_map(of_lane)
}

struct Pause {
    paused: bool,
}

impl Record for Pause {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self { paused: row.flag("paused")? })
    }
}
