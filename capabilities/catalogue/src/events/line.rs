use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::{
        dialect::for_update_skip_locked,
        query::{self, micros},
    },
};

/// How many events are given their places, or forgotten, in one transaction.
const AT_ONCE: i64 = 1000;

impl Catalogue {
    /// Gives what has happened its place in the line; returns how much that was.
    ///
    /// One at a time does it, for all; who comes meanwhile from another process finds nothing to do.
    pub async fn line_up_events(&self) -> Result<u64, Error> {
        let _turn = self.parts().lining_up.lock().await;
        let mut placed = 0;
        loop {
            let waiting = "SELECT id FROM event WHERE place IS NULL ORDER BY id LIMIT 1";
            if query::one::<i64>(self.database().reader(), waiting, []).await?.is_none() {
                break;
            }
            let some = self.line_up_some().await?;
            if some == 0 {
                break;
            }
            placed += some;
        }
        if placed > 0 {
            self.parts().bells.ring_told();
        }
        Ok(placed)
    }

    async fn line_up_some(&self) -> Result<u64, Error> {
        let change = self.database().begin().await?;
        let lock = for_update_skip_locked(&change);
        let next = format!("SELECT next FROM counter WHERE name = 'event'{lock}");
        let Some(next) = query::one::<i64>(&change, &next, []).await? else { return Ok(0) };
        // Events of one asset were written by changes that waited for each other: the order of their
        // numbers is right, and whoever sees the later sees the earlier.
        let sql = "UPDATE event SET place = line.place FROM (
                SELECT id, $1 - 1 + ROW_NUMBER() OVER (ORDER BY id) AS place FROM (
                    SELECT id FROM event WHERE place IS NULL ORDER BY id LIMIT $2) AS waiting
            ) AS line WHERE event.id = line.id";
        let placed = query::run(&change, sql, [next.into(), AT_ONCE.into()]).await?;
        let sql = "UPDATE counter SET next = next + $1 WHERE name = 'event'";
        query::run(&change, sql, [query::whole(placed).into()]).await?;
        change.commit().await?;
        Ok(placed)
    }

    /// Forgets what happened before that moment; returns how much that was.
    pub async fn forget_events(&self, before: OffsetDateTime) -> Result<u64, Error> {
        let mut forgotten = 0;
        loop {
            let sql = "DELETE FROM event WHERE at < $1 AND id IN
                       (SELECT id FROM event ORDER BY id LIMIT $2)";
            let values = [micros(before).into(), AT_ONCE.into()];
            let some = query::run(self.database().writer(), sql, values).await?;
            forgotten += some;
            if some < AT_ONCE.unsigned_abs() {
                return Ok(forgotten);
            }
        }
    }
}
