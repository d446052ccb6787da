use super::dead_letter::no_such_letter;
use crate::{
    Catalogue, Error, Expected, JobId, Reach,
    database::{
        dialect::for_update,
        query::{self, moment},
    },
};

impl Catalogue {
    /// Discards what was given up; its asset keeps the error.
    pub async fn delete_dead_letter(
        &self,
        reach: impl Into<Reach>,
        id: JobId,
        expected: &Expected,
    ) -> Result<(), Error> {
        let reach = reach.into();
        let change = self.database().begin().await?;
        let sql = format!(
            "SELECT due FROM job WHERE id = $1 AND customer = $2 AND state = 'dead' AND {}{}",
            reach.condition("space"),
            for_update(&change)
        );
        let given_up = query::one::<i64>(&change, &sql, [id.0.into(), reach.customer.into()]);
        let given_up = given_up.await?.ok_or_else(|| no_such_letter(id))?;
        expected.check(Some(moment(given_up)))?;
        query::run(&change, "DELETE FROM job WHERE id = $1", [id.0.into()]).await?;
        Ok(change.commit().await?)
    }
}
