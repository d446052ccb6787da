use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, micros},
};

/// In the place of a customer: all of them.
pub(super) const EVERYBODY: u32 = 0;

impl Catalogue {
    /// Holds back what waits in a customer's queue (`None`: in everybody's), and what comes to it: no worker begins any of
    /// it. What runs goes on to its end, and what somebody waits for is done.
    pub async fn pause_queue(
        &self,
        customer: Option<u32>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let customer = customer.unwrap_or(EVERYBODY);
        let sql = "INSERT INTO queue_pause (customer, paused, since) VALUES ($1, TRUE, $2)
                   ON CONFLICT (customer) DO UPDATE SET paused = TRUE, since = excluded.since
                   WHERE NOT queue_pause.paused";
        let values = [customer.into(), micros(now).into()];
        query::run(self.database().writer(), sql, values).await?;
        self.settle_pause(customer).await
    }

    /// Has the workers go on with a queue. A customer's stays paused while everybody's is.
    pub async fn resume_queue(
        &self,
        customer: Option<u32>,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let customer = customer.unwrap_or(EVERYBODY);
        let sql =
            "UPDATE queue_pause SET paused = FALSE, since = $2 WHERE customer = $1 AND paused";
        let values = [customer.into(), micros(now).into()];
        query::run(self.database().writer(), sql, values).await?;
        self.settle_pause(customer).await
    }

    /// Is a customer's queue (`None`: everybody's) paused, by itself or with all others?
    pub async fn queue_is_paused(&self, customer: Option<u32>) -> Result<bool, Error> {
        let sql = "SELECT COUNT(*) FROM queue_pause WHERE customer IN (0, $1) AND paused";
        let values = [customer.unwrap_or(EVERYBODY).into()];
        let paused = query::one::<i64>(self.database().reader(), sql, values).await?;
        Ok(paused.unwrap_or_default() > 0)
    }
}
