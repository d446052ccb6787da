use tokio::sync::watch;

use crate::{Catalogue, Error, Event, Reach, database::query, jobs::bells::LOOK_EVERY};

impl Catalogue {
    /// What has happened within reach after a place in the line, in order.
    pub async fn events(
        &self,
        reach: impl Into<Reach>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Event>, Error> {
        let reach = reach.into();
        let sql = of_customer(&reach);
        let values = [reach.customer.into(), after.into(), i64::from(limit).into()];
        query::all(self.database().reader(), &sql, values).await
    }

    /// The same of all customers.
    pub async fn all_events(&self, after: i64, limit: u32) -> Result<Vec<Event>, Error> {
        let values = [after.into(), i64::from(limit).into()];
        query::all(self.database().reader(), &of_all(), values).await
    }

    /// The last place in the line that was given; 0 before the first.
    pub async fn last_event(&self) -> Result<i64, Error> {
        let sql = "SELECT next - 1 FROM counter WHERE name = 'event'";
        Ok(query::one::<i64>(self.database().reader(), sql, []).await?.unwrap_or_default())
    }

    /// To be taken before looking, so that nothing is missed between a look and the wait for the next.
    pub fn event_bell(&self) -> EventBell {
        EventBell(self.parts().bells.hear_told())
    }
}

/// Rings when something happens in this process.
pub struct EventBell(watch::Receiver<()>);

impl EventBell {
    /// Returns when something may have happened since the last time: it did here, or it is time to look for what did
    /// elsewhere.
    pub async fn wait(&mut self) {
        let _ = tokio::time::timeout(LOOK_EVERY, self.0.changed()).await;
    }
}

const SELECT: &str = "SELECT event.place, event.at, event.kind, event.customer,
    customer.name AS customer_name, event.space, event.name, event.engine_notified,
    event.before_change, event.after_change
    FROM event JOIN customer ON customer.id = event.customer";

/// What concerns no space is told to those alone who reach all.
pub(crate) fn of_customer(reach: &Reach) -> String {
    let within = reach.condition("event.space");
    format!(
        "{SELECT} WHERE event.customer = $1 AND event.place > $2 AND {within}
         ORDER BY event.place LIMIT $3"
    )
}

pub(crate) fn of_all() -> String {
    format!("{SELECT} WHERE event.place > $1 ORDER BY event.place LIMIT $2")
}
