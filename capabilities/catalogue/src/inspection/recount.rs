use sea_orm::Value;
use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::{
        dialect::for_update,
        query::{self, Record, Row, micros},
    },
};

/// A counter of what is stored that is not what its assets come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub customer: u32,
    /// `None`: all spaces of the customer together.
    pub space: Option<u32>,
    /// Assets, bytes, bytes of thumbnails: as they were counted.
    pub counted: [i64; 3],
    /// The same, as they are.
    pub found: [i64; 3],
}

/// What the assets of a customer, or of one of the spaces, come to.
const OF_ITS_ASSETS: &str = "FROM asset WHERE asset.customer = storage_use.customer
    AND (storage_use.space = 0 OR asset.space = storage_use.space)";

impl Catalogue {
    /// Counts again what is counted as it comes and goes.
    pub async fn drifted_counters(&self, customer: Option<u32>) -> Result<Vec<Drift>, Error> {
        let sql = format!(
            "SELECT * FROM (SELECT customer, space, images, image_bytes, thumbnail_bytes,
                (SELECT COUNT(*) {OF_ITS_ASSETS}) AS own_images,
                (SELECT CAST(COALESCE(SUM(stored_bytes), 0) AS BIGINT) {OF_ITS_ASSETS}) AS own_bytes,
                (SELECT CAST(COALESCE(SUM(asset.thumbnail_bytes), 0) AS BIGINT) {OF_ITS_ASSETS})
                    AS own_thumbnails
             FROM storage_use WHERE $1 = 0 OR customer = $1) AS counted
             WHERE images <> own_images OR image_bytes <> own_bytes
                OR thumbnail_bytes <> own_thumbnails
             ORDER BY customer, space"
        );
        let values = [customer.unwrap_or_default().into()];
        query::all(self.database().reader(), &sql, values).await
    }

    /// Puts a counter right.
    pub async fn mend_counter(&self, drift: &Drift, now: OffsetDateTime) -> Result<(), Error> {
        let place: [Value; 2] = [drift.customer.into(), drift.space.unwrap_or_default().into()];
        let change = self.database().begin().await?;
        // Whoever changes an asset comes here last: who was here before us is counted, who comes after us adds to it.
        let lock = for_update(&change);
        let sql =
            format!("SELECT images FROM storage_use WHERE customer = $1 AND space = $2{lock}");
        query::one::<i64>(&change, &sql, place.clone()).await?;
        let sql = format!(
            "UPDATE storage_use SET changed = $3, images = (SELECT COUNT(*) {OF_ITS_ASSETS}),
             image_bytes = (SELECT COALESCE(SUM(stored_bytes), 0) {OF_ITS_ASSETS}),
             thumbnail_bytes = (SELECT COALESCE(SUM(asset.thumbnail_bytes), 0) {OF_ITS_ASSETS})
             WHERE customer = $1 AND space = $2"
        );
        query::run(&change, &sql, place.into_iter().chain([micros(now).into()])).await?;
        Ok(change.commit().await?)
    }
}

impl Record for Drift {
    fn read(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            customer: row.number("customer")?,
            space: Some(row.number("space")?).filter(|space| *space != 0),
            counted: [
                row.number("images")?,
                row.number("image_bytes")?,
                row.number("thumbnail_bytes")?,
            ],
            found: [
                row.number("own_images")?,
                row.number("own_bytes")?,
                row.number("own_thumbnails")?,
            ],
        })
    }
}
