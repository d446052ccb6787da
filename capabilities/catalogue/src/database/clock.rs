use std::{
    sync::{Arc, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};

use sea_orm::DatabaseConnection;
use time::OffsetDateTime;

use super::{
    Database, dialect,
    query::{self, Record, Row},
};
use crate::{Catalogue, Error};

/// The time as the database's machine has it.
///
/// Processes tell each other until when a job is theirs; but machines disagree about the time, and their clocks are set.
/// Between two looks at the database's clock, one counts that is never set.
#[derive(Clone)]
pub(crate) struct Clock(Arc<RwLock<Look>>);

#[derive(Clone, Copy)]
struct Look {
    at: Instant,
    time: OffsetDateTime,
}

/// How often is looked. The clock that is never set stands still while a machine sleeps.
const LOOK_EVERY: Duration = Duration::from_secs(30);

impl Clock {
    /// Goes on looking for as long as it is used.
    pub(crate) async fn start(database: &Database) -> Result<Self, Error> {
        let clock = Self(Arc::new(RwLock::new(look(database.reader()).await?)));
        tokio::spawn(keep(Arc::downgrade(&clock.0), database.reader().clone()));
        Ok(clock)
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        let look = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        look.time + look.at.elapsed()
    }
}

impl Catalogue {
    /// The time, the same for all processes that share this database.
    pub fn now(&self) -> OffsetDateTime {
        self.parts().clock.now()
    }
}

async fn keep(clock: Weak<RwLock<Look>>, database: DatabaseConnection) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(clock) = clock.upgrade() else { return };
        // While the database is away, which others notice sooner, the last look holds.
        if let Ok(look) = look(&database).await {
            *clock.write().unwrap_or_else(PoisonError::into_inner) = look;
        }
    }
}

async fn look(database: &DatabaseConnection) -> Result<Look, Error> {
    let sql = format!("SELECT {} AS now", dialect::now(database));
    let time = query::one::<Time>(database, &sql, []).await?;
    let Time(time) = time.ok_or_else(|| query::unreadable("now"))?;
    Ok(Look { at: Instant::now(), time })
}

struct Time(OffsetDateTime);

impl Record for Time {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self(row.moment("now")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "SQLite's machine is this one")]
    async fn it_is_as_late_as_on_the_databases_machine_and_gets_later() {
        let catalogue = Catalogue::in_memory().await.unwrap();
        let now = catalogue.now();
        assert!((OffsetDateTime::now_utc() - now).abs() < Duration::from_secs(5));
        assert!(catalogue.now() > now);
    }
}
