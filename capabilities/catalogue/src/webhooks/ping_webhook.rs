use time::OffsetDateTime;

use super::webhook::{Webhook, none, webhook};
use crate::{
    Catalogue, Error,
    database::query::{self, micros},
};

impl Catalogue {
    /// Has a webhook tried, whether it is enabled or not; what came back is told with it.
    pub async fn ping_webhook(
        &self,
        customer: u32,
        id: &str,
        now: OffsetDateTime,
    ) -> Result<Webhook, Error> {
        let change = self.database().begin().await?;
        // One that waits for its next try is tried now.
        let sql = "UPDATE event_listener SET ping = $3,
                   due = CASE WHEN sender IS NULL THEN $3 ELSE due END
                   WHERE id = $1 AND customer = $2";
        let values = [id.into(), customer.into(), micros(now).into()];
        query::run(&change, sql, values).await?;
        let pinged = webhook(&change, customer, id).await?.ok_or_else(|| none(id))?;
        change.commit().await?;
        self.parts().bells.ring_told();
        Ok(pinged)
    }
}
