use sea_orm::ConnectionTrait;

use crate::{
    Catalogue, Error,
    database::{
        dialect::for_update,
        query::{self, Record, Row},
    },
    origins::customer_origins::{Kept, SELECT, record},
    seals::Seals,
    webhooks::webhook,
};

impl Catalogue {
    /// Seals everything with the first key that was sealed with another; returns how much that was.
    ///
    /// Afterwards the other keys can be taken out of the configuration. May be done by several processes at once.
    pub async fn reseal_credentials(&self) -> Result<usize, Error> {
        let seals = &self.parts().seals;
        let change = self.database().begin().await?;
        let lock = for_update(&change);
        let sql = format!("{SELECT} WHERE credentials IS NOT NULL ORDER BY id{lock}");
        let mut resealed = 0;
        for Kept { strategy, sealed } in query::all::<Kept>(&change, &sql, []).await? {
            let sealed = sealed.unwrap_or_default();
            let record = record(&strategy);
            let secret = seals.open(&sealed, &record).map_err(|fault| {
                Error::Invalid(format!("the credentials of the {record} can't be read: {fault}"))
            })?;
            if seals.is_current(&sealed) {
                continue;
            }
            let again = seals.seal(&secret, &record)?;
            let update = "UPDATE customer_origin_strategy SET credentials = $2 WHERE id = $1";
            query::run(&change, update, [strategy.id.into(), again.into()]).await?;
            resealed += 1;
        }
        resealed += reseal_webhooks(&change, seals).await?;
        change.commit().await?;
        Ok(resealed)
    }
}

/// The same of the secrets that sign what webhooks are told.
async fn reseal_webhooks(change: &impl ConnectionTrait, seals: &Seals) -> Result<usize, Error> {
    let lock = for_update(change);
    let sql = format!("SELECT id, customer, secret FROM webhook ORDER BY id{lock}");
    let mut resealed = 0;
    for SealedSecret { id, customer, secret } in
        query::all::<SealedSecret>(change, &sql, []).await?
    {
        if seals.is_current(&secret) {
            continue;
        }
        let record = webhook::record(customer, &id);
        let secret = seals.open(&secret, &record).map_err(|fault| {
            Error::Invalid(format!("the secret of the {record} can't be read: {fault}"))
        })?;
        let again = seals.seal(&secret, &record)?;
        let update = "UPDATE webhook SET secret = $2 WHERE id = $1";
        query::run(change, update, [id.into(), again.into()]).await?;
        resealed += 1;
    }
    Ok(resealed)
}

struct SealedSecret {
    id: String,
    customer: u32,
    secret: String,
}

impl Record for SealedSecret {
    fn read(row: &Row) -> Result<Self, Error> {
        let (id, customer) = (row.text("id")?, row.number("customer")?);
        Ok(Self { id, customer, secret: row.text("secret")? })
    }
}
