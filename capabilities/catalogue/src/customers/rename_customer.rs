use time::OffsetDateTime;

use crate::{
    Catalogue, Customer, Error, Expected,
    customers::{
        create_customer::{check_display_name, display_name_taken},
        customer::{customer, fold},
    },
    database::query::{self, micros},
};

impl Catalogue {
    /// Changes the display name; the name itself stands in addresses and is for ever.
    pub async fn rename_customer(
        &self,
        id: u32,
        display_name: &str,
        expected: &Expected,
        now: OffsetDateTime,
    ) -> Result<Customer, Error> {
        check_display_name(display_name)?;
        let change = self.database().begin().await?;
        expected.heed(&change, "customer WHERE id = $1", [id.into()]).await?;
        let sql = "UPDATE customer SET display_name = $2, display_name_folded = $3, modified = $4
                   WHERE id = $1";
        let values =
            [id.into(), display_name.into(), fold(display_name).into(), micros(now).into()];
        query::run_or(&change, sql, values, |_| display_name_taken(display_name)).await?;
        let renamed = customer(&change, id).await?;
        change.commit().await?;
        renamed.ok_or_else(|| Error::NotFound(format!("customer {id}")))
    }
}
