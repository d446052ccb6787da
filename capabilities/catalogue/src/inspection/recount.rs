use time::OffsetDateTime;

use crate::{
    Catalogue, Error,
    database::query::{self, Record, Row, micros},
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

    /// Puts a counter right, in one statement.
    pub async fn mend_counter(&self, drift: &Drift, now: OffsetDateTime) -> Result<(), Error> {
        let sql = format!(
            "UPDATE storage_use SET changed = $3, images = (SELECT COUNT(*) {OF_ITS_ASSETS}),
             image_bytes = (SELECT COALESCE(SUM(stored_bytes), 0) {OF_ITS_ASSETS}),
             thumbnail_bytes = (SELECT COALESCE(SUM(asset.thumbnail_bytes), 0) {OF_ITS_ASSETS})
             WHERE customer = $1 AND space = $2"
        );
        let space = drift.space.unwrap_or_default();
        let values = [drift.customer.into(), space.into(), micros(now).into()];
        query::run(self.database().writer(), &sql, values).await.map(|_| ())
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
